package importer_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/campsync/campsync/client/sandbox"
	"github.com/campsync/campsync/importer"
)

// BenchmarkImport imports rows into a campaign over loopback, then again: new
// rows are created, known ones skipped.
func BenchmarkImport(b *testing.B) {
	const rows = 20_000
	files := []file{contacts(rows)}
	for b.Loop() {
		b.StopTimer()
		w := newWorld(b, sandbox.Config{})
		ctx, stop := context.WithCancel(b.Context())
		listener, err := w.server.Listen("127.0.0.1:0")
		must(b, err)
		served := make(chan error, 1)
		go func() { served <- w.server.Serve(ctx, listener) }()
		w.url = w.server.URL()
		transport := &http.Transport{MaxIdleConnsPerHost: 64}
		w.connect(transport)
		b.StartTimer()
		for _, name := range []string{"create", "skip"} {
			began := b.Elapsed()
			must(b, w.run(w.runner(files, "", func(r *importer.Runner) { r.Workers = 64 }), name).err)
			b.ReportMetric(rows/(b.Elapsed()-began).Seconds(), name+"-rows/s")
		}
		b.StopTimer()
		transport.CloseIdleConnections()
		stop()
		must(b, <-served)
		b.StartTimer()
	}
}
