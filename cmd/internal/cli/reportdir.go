package cli

import (
	"bufio"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

const (
	reportsFolder = "campsync-runs" // of all runs, where no --report-dir is given
	ownerFile     = ".campsync-run" // in a report folder: the id of the run whose files it holds
)

// reportDir is the folder of one run's reports. Everything in it is for its
// owner alone, whatever the umask. Nothing outside it can be reached through
// it, whatever links stand in it.
type reportDir struct {
	path  string
	root  *os.Root
	made  bool // the folder was not there before
	fresh bool // it was claimed now, and holds no report yet
}

// openReportDir makes the folder of a run, or opens it again for a run that is
// resumed. A folder that holds another run's files is refused.
func (a *app) openReportDir(run string) (*reportDir, error) {
	path := a.global.reportDir.String()
	if path == "" {
		path = filepath.Join(reportsFolder, run)
	}
	d, err := openReportDir(path, run)
	if err != nil {
		return nil, usageError("name another folder with --report-dir", fmt.Errorf("report folder %s: %w", path, err))
	}
	return d, nil
}

func openReportDir(path, run string) (*reportDir, error) {
	made, err := makePrivate(path)
	if err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, err
	}
	d := &reportDir{path: path, root: root, made: made}
	if err := d.claim(run); err != nil {
		return nil, errors.Join(err, root.Close())
	}
	return d, nil
}

// makePrivate makes a folder and those above it. One that is there already
// keeps its mode: it is the user's.
func makePrivate(path string) (made bool, err error) {
	_, err = os.Stat(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return false, err
	}
	if err := os.MkdirAll(path, 0o700); err != nil {
		return false, err
	}
	return true, os.Chmod(path, 0o700) // the umask may have taken more away
}

// claim makes the folder the run's, or finds that it is another's.
func (d *reportDir) claim(run string) error {
	owner, err := d.root.ReadFile(ownerFile)
	switch {
	case err == nil && strings.TrimSpace(string(owner)) == run:
		return nil
	case err == nil:
		return fmt.Errorf("holds the files of run %s", strings.TrimSpace(string(owner)))
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if name, err := d.reportIn(); err != nil || name != "" {
		if err == nil {
			err = fmt.Errorf("holds %s of another run", name)
		}
		return err
	}
	err = d.Write(ownerFile, func(w io.Writer) error {
		_, err := io.WriteString(w, run+"\n")
		return err
	})
	d.fresh = err == nil
	return err
}

// reportIn is a file in the folder that has a report's name, if there is one.
func (d *reportDir) reportIn() (string, error) {
	entries, err := fs.ReadDir(d.root.FS(), ".")
	if err != nil {
		return "", err
	}
	for _, e := range entries {
		name := e.Name()
		switch {
		case name == "report.json", name == "report.html", name == "results.csv", name == "rejected.csv",
			strings.HasPrefix(name, "rejected-") && strings.HasSuffix(name, ".csv"):
			return name, nil
		}
	}
	return "", nil
}

// Path is where the file of this name is.
func (d *reportDir) Path(name string) string { return filepath.Join(d.path, name) }

// Write writes a file, or replaces it at once: it is written under another
// name, synced, and renamed, so that nobody ever sees half of it. An error of
// fill comes back as it is, one of writing names the file.
func (d *reportDir) Write(name string, fill func(io.Writer) error) (err error) {
	w := reportFile{path: d.Path(name)}
	temporary := "." + name + "." + rand.Text()
	if w.f, err = d.root.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600); err != nil {
		return w.failed(err)
	}
	defer func() {
		if err != nil {
			_ = d.root.Remove(temporary) // it may be gone already
		}
	}()
	if err := w.fill(fill); err != nil {
		return errors.Join(err, w.f.Close())
	}
	if err := w.f.Close(); err != nil {
		return w.failed(err)
	}
	if err := d.root.Rename(temporary, name); err != nil {
		return w.failed(err)
	}
	d.fresh = false
	return w.failed(d.sync())
}

// reportFile is a file while it is written under another name.
type reportFile struct {
	f    *os.File
	path string // that it will have
}

func (r *reportFile) Write(p []byte) (int, error) {
	n, err := r.f.Write(p)
	return n, r.failed(err)
}

func (r *reportFile) fill(fill func(io.Writer) error) error {
	if err := r.f.Chmod(0o600); err != nil { // the umask may have taken more away
		return r.failed(err)
	}
	w := bufio.NewWriterSize(r, 64<<10)
	if err := fill(w); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return r.failed(r.f.Sync())
}

// failed names the file, and not the name that it has meanwhile.
func (r *reportFile) failed(err error) error {
	if err == nil {
		return nil
	}
	var inner *fs.PathError
	if errors.As(err, &inner) {
		err = inner.Err
	}
	return fmt.Errorf("writing %s: %w", r.path, err)
}

// sync makes the names in the folder durable.
func (d *reportDir) sync() error {
	if runtime.GOOS == "windows" { // it knows no such thing
		return nil
	}
	f, err := d.root.Open(".")
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// Close gives the folder back. Where no report was written it leaves things as
// they were, so that the same command can be given again.
func (d *reportDir) Close() error {
	var err error
	if d.fresh {
		err = d.root.Remove(ownerFile)
	}
	err = errors.Join(err, d.root.Close())
	if d.fresh && d.made {
		err = errors.Join(err, os.Remove(d.path))
	}
	return err
}
