package importer

import (
	"hash/maphash"
	"math/bits"
)

// place is where a row stands: its source (12 bits) and its line (36 bits).
type place uint64

const (
	lineBits  = 36
	placeBits = 48
	maxSource = 1<<(placeBits-lineBits) - 1
)

func placeOf(source, line int) place { return place(uint64(source)<<lineBits | uint64(line)) }

func (p place) source() int { return int(p >> lineBits) }
func (p place) line() int   { return int(p & (1<<lineBits - 1)) }

// keySet remembers at which place a key was seen, in about 20 bytes a key. It
// holds 80 bits of a random hash instead of the key: among ten million keys the
// chance that two of them are taken for one is about 1 in 10^10.
//
// The table is cut into shards that grow one by one and by a quarter, so that
// growing never needs twice the memory at once.
type keySet struct {
	seeds  [2]maphash.Seed
	shards [256]shard
}

type shard struct {
	entries []entry // open addressing; a zero entry is free
	used    int
}

type entry struct {
	hash uint64
	rest uint64 // 16 more bits of the hash, then the place, which is never 0
}

func newKeySet() *keySet {
	return &keySet{seeds: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}}
}

// add remembers key at p unless it is known; it returns the place at which it
// was seen first, and whether that is an earlier one.
func (s *keySet) add(key string, p place) (place, bool) {
	sh, hash, more := s.find(key)
	e := sh.slot(hash, more)
	if e.rest != 0 {
		return place(e.rest & (1<<placeBits - 1)), true
	}
	sh.put(e, hash, more, p)
	return p, false
}

// set remembers key at p, whatever was known of it.
func (s *keySet) set(key string, p place) {
	sh, hash, more := s.find(key)
	sh.put(sh.slot(hash, more), hash, more, p)
}

// get returns the place of a key.
func (s *keySet) get(key string) (place, bool) {
	sh, hash, more := s.find(key)
	if len(sh.entries) == 0 {
		return 0, false
	}
	e := sh.slot(hash, more)
	return place(e.rest & (1<<placeBits - 1)), e.rest != 0
}

func (s *keySet) find(key string) (sh *shard, hash, more uint64) {
	hash = maphash.String(s.seeds[0], key)
	more = maphash.String(s.seeds[1], key) << placeBits
	return &s.shards[hash>>56], hash, more
}

// slot is the entry that holds the hash, or the free one where it belongs.
func (sh *shard) slot(hash, more uint64) *entry {
	if len(sh.entries) == 0 {
		sh.entries = make([]entry, 16)
	}
	// The upper bits name the shard; the others say where in it.
	n := uint64(len(sh.entries))
	at, _ := bits.Mul64(hash<<8, n)
	for {
		e := &sh.entries[at]
		if e.rest == 0 || e.hash == hash && e.rest>>placeBits<<placeBits == more {
			return e
		}
		if at++; at == n {
			at = 0
		}
	}
}

func (sh *shard) put(e *entry, hash, more uint64, p place) {
	isNew := e.rest == 0
	*e = entry{hash: hash, rest: more | uint64(p)}
	if !isNew {
		return
	}
	sh.used++
	if sh.used*8 < len(sh.entries)*7 {
		return
	}
	old := sh.entries
	sh.entries = make([]entry, len(old)+len(old)/4)
	for _, e := range old {
		if e.rest != 0 {
			*sh.slot(e.hash, e.rest>>placeBits<<placeBits) = e
		}
	}
}
