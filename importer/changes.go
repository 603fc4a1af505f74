package importer

import (
	"context"
	"errors"
	"hash/maphash"
	"io"
	"iter"

	"github.com/campsync/campsync/importer/source"
)

// changeExamples is how many lines a comparison names.
const changeExamples = 10

// Changes is how a file differs from what a run has read of it. Rows are told
// apart by what they hold, not by where they stand.
type Changes struct {
	Gone, New           int64 // rows that the run has and the file has not, and the other way round
	GoneLines, NewLines []int // the first ten: lines of then, and of now
}

// Compare holds the rows that a run has read of a source against what the file
// holds now. It costs 16 bytes a row.
func Compare(ctx context.Context, rows iter.Seq2[Row, error], index int, file *source.Reader) (Changes, error) {
	var c Changes
	seed := maphash.MakeSeed()
	had := make(map[uint64]int32)
	for row, err := range rows {
		if err != nil {
			return c, err
		}
		if row.Source == index {
			had[contentOf(seed, row.Cells, row.Raw)]++
		}
	}
	for {
		row, err := file.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return c, err
		}
		content := contentOf(seed, row.Cells, row.Raw)
		if had[content] > 0 {
			had[content]--
			continue
		}
		if c.New++; len(c.NewLines) < changeExamples {
			c.NewLines = append(c.NewLines, row.Line)
		}
	}
	for row, err := range rows {
		if err != nil {
			return c, err
		}
		content := contentOf(seed, row.Cells, row.Raw)
		if row.Source != index || had[content] == 0 {
			continue
		}
		had[content]--
		if c.Gone++; len(c.GoneLines) < changeExamples {
			c.GoneLines = append(c.GoneLines, row.Line)
		}
	}
	return c, nil
}

func contentOf(seed maphash.Seed, cells []string, raw string) uint64 {
	var h maphash.Hash
	h.SetSeed(seed)
	for _, c := range cells {
		_, _ = h.WriteString(c) // it cannot fail
		_ = h.WriteByte(0)
	}
	_, _ = h.WriteString(raw)
	return h.Sum64()
}
