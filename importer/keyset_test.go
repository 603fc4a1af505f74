package importer_test

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/campsync/campsync/importer"
)

func TestKeySet(t *testing.T) {
	s := importer.NewKeySet(1 << 12)
	const keys = 200_000
	for i := range keys {
		if _, _, known := s.Add(fmt.Sprint(i), i%7, i+1); known {
			t.Fatalf("%d is known before it was added", i)
		}
	}
	for i := range keys {
		source, line, known := s.Add(fmt.Sprint(i), 9, 9)
		if !known || source != i%7 || line != i+1 {
			t.Fatalf("%d: source %d, line %d, %t", i, source, line, known)
		}
	}
	if _, _, known := s.Add("", 4095, 1<<32-1); known {
		t.Error("the empty key is known")
	}
	if source, line, _ := s.Add("", 1, 1); source != 4095 || line != 1<<32-1 {
		t.Errorf("the last place came back as %d, %d", source, line)
	}
}

func BenchmarkKeySet(b *testing.B) {
	const keys = 1_000_000
	names := make([]string, keys)
	for i := range names {
		names[i] = fmt.Sprintf("+4474%08d", i)
	}
	for b.Loop() {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		s := importer.NewKeySet(1)
		for i, name := range names {
			s.Add(name, 0, i+1)
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/keys, "B/key")
		runtime.KeepAlive(s)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/keys, "ns/key")
}
