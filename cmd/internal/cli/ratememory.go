package cli

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// rateMemoryLasts is how long a limit that was found out is worth starting from.
const rateMemoryLasts = 7 * 24 * time.Hour

// rateMemory keeps the rate that --rate auto has found out at a server, for the
// next run. Limits are per token, of which the file's name shows only a hash.
type rateMemory struct{ path string }

// foundRate is what the file holds.
type foundRate struct {
	PerSecond float64   `json:"perSecond"`
	At        time.Time `json:"at"`
}

func (a *app) rateMemory(server, secret string) (*rateMemory, error) {
	state, err := a.stateDir()
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256([]byte(server + "\x00" + secret))
	return &rateMemory{filepath.Join(state, "rates", hex.EncodeToString(sum[:12])+".json")}, nil
}

// load gives the rate to start with; 0 where none is known. A file that cannot
// be read is not worth stopping for: the limit is found out anew.
func (m *rateMemory) load() float64 {
	text, err := os.ReadFile(m.path)
	if err != nil {
		return 0
	}
	var found foundRate
	if json.Unmarshal(text, &found) != nil || !(found.PerSecond > 0) || time.Since(found.At) > rateMemoryLasts {
		return 0
	}
	return found.PerSecond
}

// save keeps a rate. One of 0 says that no limit was met: what was known stays,
// since a run that was short or slow has not tried it.
func (m *rateMemory) save(perSecond float64) error {
	if !(perSecond > 0) {
		return nil
	}
	text, err := json.Marshal(foundRate{perSecond, time.Now().UTC()})
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(m.path), 0o700); err != nil {
		return fmt.Errorf("keeping the rate: %w", err)
	}
	// Several runs may end at once: each writes a file of its own and renames it.
	f, err := os.CreateTemp(filepath.Dir(m.path), "rate-")
	if err != nil {
		return fmt.Errorf("keeping the rate: %w", err)
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), m.path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("keeping the rate: %w", err), os.Remove(f.Name()))
	}
	return nil
}
