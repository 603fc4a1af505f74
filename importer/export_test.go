package importer

import (
	"context"
	"time"

	"github.com/campsync/campsync/client"
)

// KeySet is what finds duplicates.
type KeySet = keySet

// NewKeySet makes an empty one.
func NewKeySet(sources int) *KeySet { return newKeySet(placeBytes(sources)) }

// Add remembers a key at a source and line unless it is known.
func (s *keySet) Add(key string, source, line int) (atSource, atLine int, known bool) {
	p, known := s.add(key, placeOf(source, line))
	return p.source(), p.line(), known
}

// ReadAll reads a whole list as a run does.
func ReadAll(ctx context.Context, fetch func(ctx context.Context, page int) (client.Page[string], error), reset func() error, take func([]string) error) (int, error) {
	c := census[string]{what: "the list", fetch: fetch, id: func(s string) string { return s }, reset: reset, take: take}
	return c.read(ctx, nil)
}

// AddNumber adds a number to the last list.
func (s *Suppression) AddNumber(number string) { s.add(number) }

// Tally and Name verify a run that is over, the one by counting and the other by
// means of the snapshot.
func (r *Runner) Tally(ctx context.Context) (clear bool, err error) {
	return r.tally(ctx, nil, new(Verification))
}

func (r *Runner) Name(ctx context.Context) (v Verification, err error) {
	since := time.Now()
	if _, err := r.listOrders(ctx, nil, false, nil); err != nil {
		return v, err
	}
	return v, r.name(ctx, &v, since)
}
