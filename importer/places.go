package importer

import "math/bits"

// maxSource is how many sources a run can take.
const maxSource = 1 << 12

// lineBits are those of a line: a file with more than four thousand million of them
// names others.
const lineBits = 32

// placeBytes are those of the place of a row, its source and its line, where there
// are so many sources.
func placeBytes(sources int) int { return (lineBits + bits.Len(uint(max(sources-1, 0))) + 7) / 8 }

func placeOf(source, line int) place { return place(source)<<lineBits | place(line)&(1<<lineBits-1) }

func (p place) source() int { return int(p >> lineBits) }
func (p place) line() int   { return int(p & (1<<lineBits - 1)) }
