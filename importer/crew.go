package importer

import "sync/atomic"

// waiting are workers beyond those whose requests are under way.
const waiting = 16

// crew begins the workers: as many as requests may be under way, and some more that
// wait at the gate. Others join them as it opens.
func (a *applier) crew(ready <-chan task, stage func(func() error)) {
	var workers atomic.Int64
	var work func() error
	join := func() {
		if wanted := int64(a.workers()); workers.Add(1) <= wanted {
			stage(work)
		} else {
			workers.Add(-1)
		}
	}
	work = func() error {
		for t := range ready {
			join()
			a.send(t)
		}
		return nil
	}
	for range a.workers() {
		join()
	}
}

// workers is how many there should be now.
func (a *applier) workers() int {
	most := orDefault(a.Workers, defaultWorkers)
	if a.Window == nil {
		return most
	}
	window := a.Window()
	return min(most, window+window/4+waiting)
}
