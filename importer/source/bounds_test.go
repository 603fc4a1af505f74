package source_test

import (
	"bytes"
	"flag"
	"io"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/campsync/campsync/importer/source"
)

var longRun = flag.Bool("long", false, "run the tests at their full size")

// hostile are files that would cost a careless reader memory or time that
// grows faster than they do: size bytes of short lines, or one row of so many.
func hostile(size, row int64) map[string]*endless {
	own := strings.Join(source.OwnColumns(), ",")
	return map[string]*endless{
		"one quote at the start":       {head: "a,b\n1,\"x\n", line: "1,some text\n", left: size},
		"no line end":                  {head: "a,b\n", line: "xxxxxxxx", left: row},
		"no line end in a quote":       {head: "a,b\n1,\"", line: "xxxxxxxx", left: row},
		"only delimiters":              {head: "a,b\n1", line: ",", left: row},
		"only quotes":                  {head: "a,b\n1", line: `"`, left: row},
		"a quote in each line":         {head: "a,b\n", line: "1,\"x\n", left: size},
		"a stray quote in each line":   {head: "a,b\n", line: "1,x\"y\n", left: size},
		"text after a quote":           {head: "a,b\n", line: "1,\"x\"y\n", left: size},
		"a quote in every tenth line":  {head: "a,b\n", line: "1,\"x\n" + strings.Repeat("1,2\n", 9), left: size},
		"rows of several ragged lines": {head: "a,b\n", line: "1,2,\"x\n1,2,3\n1\",y\n", left: size},
		"quotes close and open":        {head: "a,b\n\"\n", line: "\",\"\n", left: size},
		"doubled quotes":               {head: "a,b\n1,\"\n", line: "\"\"\n", left: row},
		"CR in a file of LF":           {head: "a,b\n", line: "1,\"x\r1,\"y\n", left: size},
		"numbers behind own columns":   {head: "a,b," + own + "\n", line: "1,\"x" + strings.Repeat(",1,quote", 40) + "\n", left: size},
		"bad rows behind own columns":  {head: "a,b," + own + "\n", line: "1,\"x,7,quote,,y\n", left: size},
		"crossing rows":                {head: "a,b\n", line: "1,\"x\n2,\"\nz\"\n", left: size},
	}
}

// The largest row is 8 MiB; that it is held while it is read, once more while
// the window grows, and once as the text of a fault, is what this allows.
func TestHostileFilesAreBounded(t *testing.T) {
	size, row := int64(250<<10), int64(source.MaxRow+4<<10)
	if *longRun {
		size, row = 300<<20, 300<<20
	}
	defer debug.SetGCPercent(debug.SetGCPercent(20))
	for name, src := range hostile(size, row) {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			r, err := source.NewReader(io.NopCloser(src), "x.csv", source.Options{Delimiter: ","})
			if err != nil {
				t.Fatal(err)
			}
			rows, faults := 0, 0
			var before, now runtime.MemStats
			runtime.ReadMemStats(&before)
			for {
				row, err := r.Next()
				if err == io.EOF {
					break
				}
				if err != nil {
					t.Fatal(err)
				}
				if row.Fault != nil {
					faults++
				}
				if rows++; rows%100_000 == 1 {
					runtime.ReadMemStats(&now)
					if now.HeapInuse > 48<<20 {
						t.Fatalf("%d MiB in use after %d rows", now.HeapInuse>>20, rows)
					}
				}
			}
			t.Logf("%d rows, %d faults, %v", rows, faults, time.Since(start).Round(time.Millisecond))
		})
	}
}

// One quote costs the row in which it stands, in a file of any size.
func TestUnclosedQuoteCostsOneRow(t *testing.T) {
	text := plainFile(100_000)
	at := bytes.LastIndexByte(text[:len(text)/2], ',') + 1
	text = append(text[:at:at], append([]byte{'"'}, text[at:]...)...)
	_, rows := all(t, string(text), source.Options{})
	faults := 0
	for _, row := range rows {
		if row.Fault != nil {
			faults++
		}
	}
	if len(rows) != 100_000 || faults != 1 {
		t.Errorf("%d rows, %d faults; want 100000, 1", len(rows), faults)
	}
}
