package mapping

import "time"

// Env is what a mapping takes from its surroundings.
type Env struct {
	Region   string    // of numbers without a country code, ISO alpha-2; before the mapping's own
	Timezone string    // the campaign's, IANA; "" for UTC
	Now      time.Time // when the run began
}

type row struct{}

// Mapper is a compiled mapping.
type Mapper struct{}

// Match is what Propose did with a column.
type Match struct {
	Column string
	Target string // "" for a column that was left
	Why    string
}

func ParseSpec(name string, text []byte) (*Spec, error) { return nil, nil }

func Propose(header []string, rt RecordType) (*Spec, []Match, error) { return nil, nil, nil }

func Compile(spec *Spec, header []string, rt RecordType, env Env) (*Mapper, error) { return nil, nil }

func (m *Mapper) Map(cells []string, c *Contact) []Problem { return nil }

func (m *Mapper) Notices() []string { return nil }
