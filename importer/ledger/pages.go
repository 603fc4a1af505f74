package ledger

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"github.com/campsync/campsync/importer"
	"github.com/campsync/campsync/importer/reconcile"
)

// pages knows what stands on the pages of a run that lie in the ledger.
type pages struct {
	mu   sync.Mutex
	open map[int64][]importer.Operation // by row: it has an intent on a page, and no operations
	page map[int64]int64                // the page of each of these rows
	left map[int64]int                  // how many of these rows a page has
	over []int64                        // pages that have none, and are to be taken out
}

// notes are the intents on a page.
type notes struct {
	page    int64
	intents []importer.Operation
}

func newPages() *pages {
	return &pages{open: make(map[int64][]importer.Operation), page: make(map[int64]int64), left: make(map[int64]int)}
}

// clear forgets all pages.
func (p *pages) clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	clear(p.open)
	clear(p.page)
	clear(p.left)
	p.over = nil
}

// put takes in a page, and keeps its intents.
func (p *pages) put(page int64, intents []importer.Operation) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(intents) == 0 {
		p.over = append(p.over, page)
	}
	for rest := intents; len(rest) > 0; p.left[page]++ {
		seq, n := rest[0].Seq, 1
		for n < len(rest) && rest[n].Seq == seq {
			n++
		}
		p.open[seq], p.page[seq] = rest[:n:n], page
		rest = rest[n:]
	}
}

// drop forgets rows of which the operations tell now, and the first pages that
// were over.
func (p *pages) drop(seqs map[int64]bool, pages int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.over = p.over[pages:]
	for seq := range seqs {
		page, open := p.page[seq]
		if !open {
			continue
		}
		delete(p.open, seq)
		delete(p.page, seq)
		if p.left[page]--; p.left[page] == 0 {
			delete(p.left, page)
			p.over = append(p.over, page)
		}
	}
}

// ended gives the pages that are to be taken out.
func (p *pages) ended() []int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.over
}

func (p *pages) empty() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.open) == 0 && len(p.over) == 0
}

// of gives what is intended for a row.
func (p *pages) of(seq int64) []importer.Operation {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.open[seq]
}

// taken reports whether a row other than one is intended to have the order.
func (p *pages) taken(order string, except int64) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for seq, operations := range p.open {
		for i := range operations {
			if seq != except && order != "" && operations[i].Order == order {
				return true
			}
		}
	}
	return false
}

func (p *pages) all() (all []importer.Operation) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, operations := range p.open {
		all = append(all, operations...)
	}
	return all
}

// encodeIntents writes operations one behind the other.
func encodeIntents(intents []importer.Operation) ([]byte, error) {
	b := make([]byte, 0, 32*len(intents))
	for i := range intents {
		o := &intents[i]
		changes, err := encodeChanges(o.Changes)
		if err != nil {
			return nil, err
		}
		for _, n := range [...]int64{o.Seq, int64(o.Step), int64(o.State), o.SentAt.UnixMilli(), int64(o.Attempts), o.HalfOf} {
			b = binary.AppendVarint(b, n)
		}
		for _, text := range [...]string{string(o.Kind), o.Order, o.Record, string(changes)} {
			b = appendText(b, text)
		}
	}
	return b, nil
}

var errIntents = errors.New("a page of intents is damaged")

func decodeIntents(body []byte) (intents []importer.Operation, err error) {
	for r := (reader{left: body}); len(r.left) > 0; {
		o := importer.Operation{
			Seq: r.number(), Step: int(r.number()), State: importer.OperationState(r.number()), SentAt: time.UnixMilli(r.number()),
			Attempts: int(r.number()), HalfOf: r.number(), Kind: reconcile.Kind(r.text()), Order: string(r.text()), Record: string(r.text()),
		}
		changes := r.text()
		if r.damaged {
			return nil, errIntents
		}
		if len(changes) > 0 {
			if err := json.Unmarshal(changes, &o.Changes); err != nil {
				return nil, err
			}
		}
		intents = append(intents, o)
	}
	return intents, nil
}
