package cli

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/campsync/campsync/importer"
)

// choice is a flag that takes one of a few words.
type choice struct {
	value string
	words []string
}

func (c *choice) String() string { return c.value }
func (c *choice) Type() string   { return strings.Join(c.words, "|") }

func (c *choice) Set(text string) error {
	for _, word := range c.words {
		if text == word {
			c.value = word
			return nil
		}
	}
	return fmt.Errorf("must be %s%s", oneOf(c.words), didYouMean(text, c.words))
}

// bindChoice binds a choice of words, the first of which is the default.
func bindChoice(cmd *cobra.Command, fs *pflag.FlagSet, c *choice, name, usage string, words ...string) {
	c.value, c.words = words[0], words
	fs.Var(c, name, usage)
	// Only a flag that does not exist or has words already makes this fail.
	if err := cmd.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp)); err != nil {
		panic(err)
	}
}

// oneOf writes words as "a, b or c".
func oneOf(words []string) string {
	if len(words) == 1 {
		return words[0]
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// filePath is a flag that names a file. In a configuration file it is
// relative to that file's folder.
type filePath string

func (p *filePath) String() string { return string(*p) }
func (p *filePath) Type() string   { return "FILE" }

func (p *filePath) Set(text string) error {
	if text == "" {
		return errors.New("must not be empty")
	}
	*p = filePath(text)
	return nil
}

// folderPath is the same for a folder.
type folderPath struct{ filePath }

func (p *folderPath) Type() string { return "DIR" }

// filePaths is a flag that may be given several times and names files.
type filePaths []string

func (p *filePaths) String() string { return strings.Join(*p, ",") }
func (p *filePaths) Type() string   { return "FILE" }

func (p *filePaths) Set(text string) error {
	if text == "" {
		return errors.New("must not be empty")
	}
	*p = append(*p, text)
	return nil
}

// texts is a flag that may be given several times.
type texts struct {
	values []string
	kind   string
}

func (t *texts) String() string { return strings.Join(t.values, ",") }
func (t *texts) Type() string   { return t.kind }

func (t *texts) Set(text string) error {
	if text == "" {
		return errors.New("must not be empty")
	}
	t.values = append(t.values, text)
	return nil
}

// rateLimit is requests a second; Auto finds them out.
type rateLimit struct {
	Auto      bool
	PerSecond float64
}

// slowest is the least rate: what is read of an order has to be young when it is
// written, and a read and a write are two requests.
const slowest = 0.05

func (r *rateLimit) Type() string { return "auto|N" }

func (r *rateLimit) String() string {
	if r.Auto {
		return "auto"
	}
	return strconv.FormatFloat(r.PerSecond, 'g', -1, 64)
}

func (r *rateLimit) Set(text string) error {
	if text == "auto" {
		*r = rateLimit{Auto: true}
		return nil
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || n < 0 || n > 1e6 || n > 0 && n < slowest {
		return errors.New("must be auto or a number of requests a second, such as 20 or 0.5 (at least 0.05; 0: no limit of our own)")
	}
	*r = rateLimit{PerSecond: n}
	return nil
}

// capFlag is a bound: a number of things, or a share of them.
type capFlag struct{ *importer.Cap }

func (c capFlag) Type() string { return "N|N%" }

func (c capFlag) String() string {
	switch {
	case c.Cap == nil || !c.Cap.Set: // pflag asks a zero value for its text
		return ""
	case c.Percent > 0:
		return strconv.FormatFloat(c.Percent, 'g', -1, 64) + "%"
	}
	return strconv.FormatInt(c.Number, 10)
}

func (c capFlag) Set(text string) error {
	number, percent := strings.CutSuffix(text, "%")
	bound := importer.Cap{Set: true}
	var err error
	if percent {
		bound.Percent, err = strconv.ParseFloat(number, 64)
	} else {
		bound.Number, err = strconv.ParseInt(number, 10, 64)
	}
	if err != nil || bound.Number < 0 || !(bound.Percent >= 0 && bound.Percent <= 100) {
		return errors.New("must be a number such as 100, or a share such as 5%")
	}
	*c.Cap = bound
	return nil
}

// count is a flag for a number of things, 0 or more.
type count int64

func (c *count) String() string { return strconv.FormatInt(int64(*c), 10) }
func (c *count) Type() string   { return "N" }

func (c *count) Set(text string) error {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return errors.New("must be a whole number, 0 or more")
	}
	*c = count(n)
	return nil
}
