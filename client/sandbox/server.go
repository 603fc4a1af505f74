package sandbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// A Config says how a sandbox behaves. The zero value is a sandbox in memory,
// without limits.
type Config struct {
	Path           string           // database file, made where it is not there; "": in memory
	Tokens         []Token          // nil: the one token "sandbox" with all permissions
	RateLimit      int              // requests a second and token; 0: none. Above it: 429
	MaxBatch       int              // records of one associate; 0: 100. Above it: 413
	NewestFirst    bool             // lists show what was made last first, as many servers do
	PartialRecords bool             // a listed order shows uuid, name and phoneNumber of its record alone
	Empty          bool             // no Demo in a new database
	Faults         Faults           // how it misbehaves; see also Server.SetFaults
	Clock          func() time.Time // nil: time.Now
	Log            *slog.Logger     // of internal errors; nil: none
}

// A Server is a sandbox. Its methods can be used from many goroutines.
type Server struct {
	db             *database
	tokens         []Token
	limits         []limit
	rateLimit      int
	maxBatch       int
	partialRecords bool
	clock          func() time.Time
	log            *slog.Logger

	catalog catalog
	api     http.Handler            // without faults
	faulty  atomic.Pointer[faulty]  // the API as it is served
	behind  atomic.Pointer[replica] // where reads look; nil: in the database
	late    later

	mu       sync.Mutex
	url      string
	replicas []*replica
}

// Open opens a sandbox, and fills one that is empty with the Demo.
func Open(ctx context.Context, config Config) (*Server, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s := &Server{
		tokens:         config.Tokens,
		rateLimit:      config.RateLimit,
		maxBatch:       config.MaxBatch,
		partialRecords: config.PartialRecords,
		clock:          config.Clock,
		log:            config.Log,
	}
	if s.tokens == nil {
		s.tokens = []Token{{Value: DefaultToken}}
	}
	s.limits = make([]limit, len(s.tokens))
	if s.maxBatch == 0 {
		s.maxBatch = 100
	}
	if s.clock == nil {
		s.clock = time.Now
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	name := "in memory"
	if config.Path != "" {
		name = config.Path
	}
	var err error
	if s.db, err = openDatabase(config.Path, config.NewestFirst); err != nil {
		return nil, fmt.Errorf("opening sandbox %s: %w", name, err)
	}
	s.late.open()
	s.api = s.routes()
	go s.db.write()
	if err := errors.Join(s.load(config.Empty), s.SetFaults(config.Faults)); err != nil {
		return nil, errors.Join(fmt.Errorf("opening sandbox %s: %w", name, err), s.Close())
	}
	return s, nil
}

// load reads the campaigns and record types, or makes the Demo.
func (s *Server) load(empty bool) error {
	if err := s.catalog.load(s.db); err != nil {
		return err
	}
	if empty || len(s.catalog.allCampaigns()) > 0 || len(s.catalog.allTypes()) > 0 {
		return nil
	}
	return s.addDemo()
}

// Handler serves the API below [BasePath], with the faults that are set.
func (s *Server) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.faulty.Load().ServeHTTP(w, r) })
}

// Close closes the database once what is being written is committed. Commits
// that are to come late are dropped. A server that listens should be stopped
// before.
func (s *Server) Close() error {
	s.late.close()
	err := s.db.close()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.replicas {
		err = errors.Join(err, r.db.release())
	}
	return err
}

// readsFor answers where a request's reads look.
func (s *Server) readsFor(r *http.Request) (*database, error) {
	if behind := s.behind.Load(); behind != nil && r.Method == http.MethodGet {
		return behind.current()
	}
	return s.db, nil
}

// now is the time of a commit, to the millisecond as the API shows times.
func (s *Server) now() time.Time { return s.clock().UTC().Truncate(time.Millisecond) }
