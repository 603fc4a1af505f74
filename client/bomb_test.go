package client_test

import (
	"compress/gzip"
	"io"
	"log"
	"net/http"
)

func quiet() *log.Logger { return log.New(io.Discard, "", 0) }

// bomb answers with 33 MiB of a JSON string, plain or packed to almost nothing.
func bomb(w http.ResponseWriter, encoding string) {
	out := io.Writer(w)
	if encoding != "" {
		w.Header().Set("Content-Encoding", encoding)
		z := gzip.NewWriter(w)
		defer z.Close()
		out = z
	}
	io.WriteString(out, `{"uuid":"`)
	zeros := make([]byte, 1<<20)
	for i := range zeros {
		zeros[i] = '0'
	}
	for range 33 {
		if _, err := out.Write(zeros); err != nil {
			return
		}
	}
}
