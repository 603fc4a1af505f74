package importer

import "time"

const (
	// leastIntents and mostIntents are how many intents go into one commit: as
	// many as are sent while the next ones are being written, so that a crash
	// leaves few rows to be looked up that were never sent.
	leastIntents = 8
	mostIntents  = 512
	// longAhead is how long a group of intents may wait, once it is durable, for
	// the one before to be sent, until groups get smaller.
	longAhead = 50 * time.Millisecond
)

// intend writes down what is about to be sent, in groups, and hands it on once
// it is durable. A group that was waited for is followed by a larger one, and one
// that had to wait for long by a smaller one.
func (a *applier) intend(planned <-chan task, durable chan<- []task) error {
	size := leastIntents
	for first := range planned {
		group := gather(first, planned, size)
		if a.soft.Err() != nil {
			continue // nothing was written down: these rows stay as they are
		}
		if err := a.write(intended(group)); err != nil {
			return err
		}
		select {
		case durable <- group:
			size = min(2*size, mostIntents)
		default:
			since := time.Now()
			durable <- group
			if time.Since(since) > longAhead {
				size = max(size/2, leastIntents)
			}
		}
	}
	return nil
}

// intended is what is written down of a group before it is sent.
func intended(group []task) (change Change) {
	change.Intents = make([]Operation, 0, len(group))
	for _, t := range group {
		for _, w := range t {
			if operations := w.intents(); w.begun {
				change.Operations = append(change.Operations, operations...)
			} else {
				change.Intents = append(change.Intents, operations...)
			}
			if said, any := w.said(); any {
				change.Results = append(change.Results, said)
			}
		}
	}
	return change
}

// gather takes what is planned already, up to about size rows.
func gather(first task, planned <-chan task, size int) []task {
	group := []task{first}
	for n := len(first); n < size; {
		select {
		case t, ok := <-planned:
			if !ok {
				return group
			}
			group = append(group, t)
			n += len(t)
		default:
			return group
		}
	}
	return group
}
