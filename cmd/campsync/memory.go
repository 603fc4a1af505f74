package main

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

const (
	// headroom is how much is allocated from one collection of garbage to the next.
	headroom = 20 << 20
	// memoryLimit is from where on garbage is collected earlier than that.
	memoryLimit = 220 << 20
)

// boundMemory has garbage collected whenever so much of it may be there,
// however much lives. The runtime's own measure is a share of what lives: it
// takes a collection for costly where much lives. Here nearly all that lives
// long is a set of keys without pointers, which costs nothing to mark.
func boundMemory() {
	debug.SetMemoryLimit(memoryLimit)
	awaitCollection()
}

// cycle is garbage that says, by its cleanup, that a collection is over.
type cycle struct{ _ *int }

func awaitCollection() {
	runtime.AddCleanup(&cycle{}, func(struct{}) {
		debug.SetGCPercent(headroomPercent())
		awaitCollection()
	}, struct{}{})
}

// headroomPercent is headroom as a share of what the last collection has
// marked, as the runtime measures it.
func headroomPercent() int {
	marked := []metrics.Sample{{Name: "/gc/heap/live:bytes"}, {Name: "/gc/scan/globals:bytes"}, {Name: "/gc/scan/stack:bytes"}}
	metrics.Read(marked)
	var sum uint64
	for _, s := range marked {
		sum += s.Value.Uint64()
	}
	return int(headroom*100/max(sum, 1<<20)) + 1
}
