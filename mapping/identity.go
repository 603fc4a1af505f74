package mapping

import (
	"fmt"
)

// checkIdentity sees that what says who is who is mapped.
func (c *compiler) checkIdentity() {
	slots := c.m.slots
	if _, ok := slots[targetPhone]; !ok && c.m.identity != targetUUID {
		c.faults = append(c.faults, noPhone(c.spec, c.header.names))
	}
	if _, ok := slots[targetUUID]; ok && c.m.identity != targetUUID {
		c.fault(c.spec.at["columns"], `write "identity: recordUuid", or take recordUuid out`, "recordUuid is mapped, but the identity is %s", c.m.identity)
	}
	slot, ok := slots[c.m.identity]
	if !ok && c.m.identity != targetPhone {
		c.fault(c.spec.at["identity"], fmt.Sprintf("write which column it is under columns:\n  %s: one of %s", c.m.identity, list(c.header.names)),
			"the identity is %s, and no column is mapped to it", c.m.identity)
	}
	c.m.key = slot
}

// noPhone is the fault of a mapping without a phone number.
func noPhone(spec *Spec, columns []string) *Error {
	return spec.file.fault(spec.at["columns"], fmt.Sprintf("the columns are %s; name one in the mapping file:\n  columns:\n    phoneNumber: %s", list(columns), yamlText(likelyPhone(columns))),
		"no column is mapped to phoneNumber")
}

// likelyPhone is the column that an example had best name.
func likelyPhone(columns []string) string {
	best, score := "Phone", 0.0
	for _, name := range columns {
		if c := resemblance(foldString(name), targetPhone); c > score {
			best, score = name, c
		}
	}
	return best
}
