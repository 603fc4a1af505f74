package cli

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"os"

	"github.com/campsync/campsync/client"
)

// recordFile keeps records in a temporary file, so that a campaign of any size
// can be joined: a record costs some 40 bytes of memory.
type recordFile struct {
	file   *os.File
	out    *bufio.Writer
	seed   maphash.Seed
	end    int64
	places map[uint64]int64 // by the hash of the UUID
}

func newRecordFile() (*recordFile, error) {
	f, err := os.CreateTemp("", "campsync-records-")
	if err != nil {
		return nil, fmt.Errorf("keeping the campaign's records: %w", err)
	}
	return &recordFile{file: f, out: bufio.NewWriterSize(f, 64<<10), seed: maphash.MakeSeed(), places: make(map[uint64]int64)}, nil
}

func (r *recordFile) close() error { return errors.Join(r.file.Close(), os.Remove(r.file.Name())) }

func (r *recordFile) add(rec *client.Record) error {
	text, err := json.Marshal(rec)
	if err == nil {
		_, err = r.out.Write(text)
	}
	if err != nil {
		return fmt.Errorf("keeping the campaign's records: %w", err)
	}
	r.places[maphash.String(r.seed, rec.UUID)] = r.end
	r.end += int64(len(text))
	return nil
}

// find puts the whole record in the place of the one of its UUID, where it has
// it: of two UUIDs with one hash, it has one.
func (r *recordFile) find(rec *client.Record) error {
	place, ok := r.places[maphash.String(r.seed, rec.UUID)]
	if !ok {
		return nil
	}
	err := r.out.Flush()
	var kept client.Record
	if err == nil {
		err = json.NewDecoder(io.NewSectionReader(r.file, place, r.end-place)).Decode(&kept)
	}
	if err != nil {
		return fmt.Errorf("reading the campaign's records again: %w", err)
	}
	if kept.UUID == rec.UUID {
		*rec = kept
	}
	return nil
}
