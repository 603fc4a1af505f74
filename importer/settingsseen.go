package importer

import (
	"sync"

	"github.com/campsync/campsync/importer/reconcile"
)

// settingsSeen are the settings that the campaign's list has shown of any order.
// A server that leaves blank ones out shows them of others.
type settingsSeen struct {
	mu   sync.Mutex
	seen fieldSet
}

func (s *settingsSeen) see(values reconcile.Values) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for target := range settingNames {
		if _, shown := values[target]; shown && !s.seen[target] {
			if s.seen == nil {
				s.seen = make(fieldSet)
			}
			s.seen[target] = true
		}
	}
}

// fill makes the settings of an order blank that it does not show, and others do.
func (s *settingsSeen) fill(values reconcile.Values) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for target := range s.seen {
		if _, shown := values[target]; !shown {
			values[target] = orNull(nil)
		}
	}
}
