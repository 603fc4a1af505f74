package mapping

import (
	"errors"

	"github.com/campsync/campsync/mapping/phone"
)

// region is that of numbers without a country code.
func (c *compiler) region() string {
	if c.env.Region == "" {
		return c.spec.Region
	}
	code, ok := countries().find(c.env.Region)
	if !ok {
		c.faults = append(c.faults, &Error{Message: "the region " + quote(c.env.Region) + " is no country", Hint: "write two letters, such as GB or US"})
	}
	return code
}

// phoneConverter normalizes the number in the row's own country, else in the
// region that the run or the mapping names.
func (c *compiler) phoneConverter() converter {
	region := c.region()
	return func(r *row, text string) (string, *fault) {
		in := region
		if r.region != "" {
			in = r.region
		}
		n, err := phone.Normalize(text, in)
		if err != nil {
			var bad *phone.Error
			if errors.As(err, &bad) {
				return "", &fault{bad.Code, bad.Message, bad.Hint}
			}
			return "", &fault{phone.CodeInvalid, err.Error(), ""}
		}
		r.number, r.mend = n, n.Mended
		return n.E164, nil
	}
}

// extensionConverter takes the extension out of a number. What is wrong with
// the number is for the phone number's own field to say.
func (c *compiler) extensionConverter() converter {
	region := c.region()
	return func(r *row, text string) (string, *fault) {
		in := region
		if r.region != "" {
			in = r.region
		}
		n, err := phone.Normalize(text, in)
		if err != nil {
			return "", nil
		}
		return n.Extension, nil
	}
}
