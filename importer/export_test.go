package importer

import (
	"context"

	"github.com/campsync/campsync/client"
)

// KeySet is what finds duplicates.
type KeySet = keySet

// NewKeySet makes an empty one.
func NewKeySet() *KeySet { return newKeySet() }

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
