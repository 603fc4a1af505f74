package importer

import "math/bits"

// placeBytes are those of the place of a row: its source, and its line, of which
// a million million would have to be in one file to be too many.
const placeBytes = 5

// maxSource is how many sources a run can take: each can have 268 million lines then.
const maxSource = 1 << 12

// places are those of the rows of so many sources.
type places struct{ lineBits int }

func placesOf(sources int) places { return places{8*placeBytes - bits.Len(uint(max(sources-1, 0)))} }

func (p places) of(r *Row) place           { return p.at(r.Source, r.Line) }
func (p places) at(source, line int) place { return place(source)<<p.lineBits | place(line)&p.mask() }
func (p places) source(at place) int       { return int(at >> p.lineBits) }
func (p places) line(at place) int         { return int(at & p.mask()) }
func (p places) mask() place               { return 1<<p.lineBits - 1 }
