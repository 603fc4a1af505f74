package mapping

import (
	"fmt"
	"strings"
)

// header finds the columns of a source by name.
type header struct {
	names []string
	exact map[string][]int
	loose map[string][]int // by the name in lower case, without spaces around it
}

func newHeader(names []string) *header {
	h := &header{names: names, exact: map[string][]int{}, loose: map[string][]int{}}
	for i, n := range names {
		h.exact[n] = append(h.exact[n], i)
		lower := strings.ToLower(trim(n))
		h.loose[lower] = append(h.loose[lower], i)
	}
	return h
}

// find is the index of a column; where there is none or no single one, it is
// -1 and says why: message and hint.
func (h *header) find(name string) (index int, message, hint string) {
	found := h.exact[name]
	if len(found) == 0 {
		found = h.loose[strings.ToLower(trim(name))]
	}
	switch len(found) {
	case 0:
		return -1, "there is no column " + quote(name), h.suggest(name)
	case 1:
		return found[0], "", ""
	}
	var places []string
	for _, i := range found {
		places = append(places, fmt.Sprintf("%s (column %d)", quote(h.names[i]), i+1))
	}
	return -1, fmt.Sprintf("%s may be %s", quote(name), strings.Join(places, " or ")), "give the columns different names"
}

// suggest names the nearest column and then all of them.
func (h *header) suggest(name string) string {
	all := "the columns are " + list(h.names)
	if near := nearest(name, h.names); near != "" {
		return fmt.Sprintf("did you mean %s? %s", quote(near), all)
	}
	return all
}
