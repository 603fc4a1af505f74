package importer

import (
	"encoding/binary"
	"hash/maphash"
	"math/bits"
	"slices"
)

// place is what is remembered with a key.
type place uint64

// keySet remembers keys, and with each a place, in about 10 bytes a key and those
// that the place takes. It holds 72 bits of a random hash instead of the key: among
// ten million keys the chance that two of them are taken for one is about 1 in 10^8.
//
// The table is cut into shards that grow one by one and by a quarter, at different
// times, so that it is always about as large as it has to be.
type keySet struct {
	seeds  [2]maphash.Seed
	width  int // bytes of an entry
	shards [256]shard
}

// shard is a table of entries with open addressing. An entry is the hash, but for
// the bits that name the shard, and the place behind it; the hash of a free one is 0.
type shard struct {
	entries []byte
	slots   int
	used    int
}

const hashBytes = 8

// newKeySet makes an empty set whose places take so many bytes; 0 where none is
// asked for.
func newKeySet(placeBytes int) *keySet {
	return &keySet{seeds: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}, width: hashBytes + placeBytes}
}

// add remembers key at p unless it is known; it returns the place at which it
// was seen first, and whether that is an earlier one.
func (s *keySet) add(key string, p place) (place, bool) {
	i, hash := s.find(key)
	e := s.slot(i, hash)
	if taken(e) {
		return placeIn(e), true
	}
	s.put(i, e, hash, p)
	return p, false
}

// mark remembers key, and reports whether it was known.
func (s *keySet) mark(key string) bool {
	_, known := s.add(key, 0)
	return known
}

// set remembers key at p, whatever was known of it.
func (s *keySet) set(key string, p place) {
	i, hash := s.find(key)
	s.put(i, s.slot(i, hash), hash, p)
}

// get returns the place of a key.
func (s *keySet) get(key string) (place, bool) {
	i, hash := s.find(key)
	if s.shards[i].slots == 0 {
		return 0, false
	}
	e := s.slot(i, hash)
	return placeIn(e), taken(e)
}

// empty reports whether there is no key in it.
func (s *keySet) empty() bool {
	return !slices.ContainsFunc(s.shards[:], func(sh shard) bool { return sh.used > 0 })
}

// find gives the shard of a key, and the rest of its hash.
func (s *keySet) find(key string) (shard int, hash uint64) {
	first, second := maphash.String(s.seeds[0], key), maphash.String(s.seeds[1], key)
	return int(first >> 56), max(first<<8|second>>56, 1)
}

// slot is the entry that holds the hash, or the free one where it belongs.
func (s *keySet) slot(i int, hash uint64) []byte {
	sh := &s.shards[i]
	if sh.slots == 0 {
		s.resize(sh, 64+i%16) // the shards are not to grow all at once
	}
	at, _ := bits.Mul64(hash, uint64(sh.slots))
	for n := int(at); ; n++ {
		if n == sh.slots {
			n = 0
		}
		e := sh.entries[n*s.width:][:s.width]
		if h := binary.LittleEndian.Uint64(e); h == hash || h == 0 {
			return e
		}
	}
}

func (s *keySet) put(i int, e []byte, hash uint64, p place) {
	isNew := !taken(e)
	binary.LittleEndian.PutUint64(e, hash)
	for n := range e[hashBytes:] {
		e[hashBytes+n] = byte(p >> (8 * n))
	}
	sh := &s.shards[i]
	if !isNew {
		return
	}
	if sh.used++; sh.used*8 < sh.slots*7 {
		return
	}
	old := sh.entries
	s.resize(sh, sh.slots+sh.slots/4)
	for ; len(old) > 0; old = old[s.width:] {
		if e := old[:s.width]; taken(e) {
			copy(s.slot(i, binary.LittleEndian.Uint64(e)), e)
		}
	}
}

func (s *keySet) resize(sh *shard, slots int) {
	sh.slots, sh.entries = slots, make([]byte, slots*s.width)
}

func taken(e []byte) bool { return binary.LittleEndian.Uint64(e) != 0 }

func placeIn(e []byte) (p place) {
	for n, b := range e[hashBytes:] {
		p |= place(b) << (8 * n)
	}
	return p
}
