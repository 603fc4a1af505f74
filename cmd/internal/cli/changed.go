package cli

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/source"
)

// compareFiles says where the files of a run that is gone on with are not what
// they were when it read them. The run does not need them, and goes on with
// what it has read.
func (x *execution) compareFiles(ctx context.Context, state importer.State) error {
	changed := false
	for i, s := range state.Sources {
		if i >= len(x.plan.Files) || x.plan.Files[i] == stdinName {
			continue
		}
		text, err := x.compareFile(ctx, i, s)
		if err != nil {
			return err
		}
		if text != "" {
			changed = true
			x.notice("%s", text)
		}
	}
	if changed && !x.givenUp {
		x.notice("the run goes on with what it has read; import the file again when it is done, or begin anew with\n  %s --restart", x.resumeCommand(x.id))
	}
	return nil
}

func (x *execution) compareFile(ctx context.Context, i int, s importer.SourceState) (string, error) {
	path := x.plan.Files[i]
	sum, err := fileSum(path)
	if err != nil {
		return fmt.Sprintf("%s cannot be read any more (%v)", s.Name, err), nil
	}
	if sum == s.SHA256 {
		return "", nil
	}
	file, err := source.Open(path, x.plan.Read.Format)
	if err != nil {
		return fmt.Sprintf("%s has changed since it was read, and cannot be read now: %v", s.Name, err), nil
	}
	c, err := importer.Compare(ctx, x.run.All(ctx), i, file)
	if err := errors.Join(err, file.Close()); err != nil {
		return "", fmt.Errorf("comparing %s with what was read of it: %w", s.Name, err)
	}
	text := s.Name + " has changed since it was read"
	if c.Gone == 0 && c.New == 0 {
		return text + ", in the order or the writing of its rows alone", nil
	}
	if c.New > 0 {
		text += fmt.Sprintf("\n  %s new (line %s)", counted(int(c.New), "row"), someLines(c.NewLines, c.New))
	}
	if c.Gone > 0 {
		text += fmt.Sprintf("\n  %s not there any more (line %s of then)", counted(int(c.Gone), "row"), someLines(c.GoneLines, c.Gone))
	}
	return text, nil
}

// someLines are the first lines of n.
func someLines(lines []int, n int64) string {
	words := make([]string, len(lines))
	for i, line := range lines {
		words[i] = strconv.Itoa(line)
	}
	text := strings.Join(words, ", ")
	if n > int64(len(lines)) {
		text += ", ..."
	}
	return text
}

// fileSum is the SHA-256 of a file.
func fileSum(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	h := sha256.New()
	_, err = io.Copy(h, f)
	return hex.EncodeToString(h.Sum(nil)), errors.Join(err, f.Close())
}
