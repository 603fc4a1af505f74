package sandbox_test

import (
	"testing"

	"github.com/dlclark/regexp2"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(tests{m}) }

// tests stops the clock by which patterns time out, which goes on for a while
// after the last match, before leaks are looked for.
type tests struct{ *testing.M }

func (t tests) Run() int {
	defer regexp2.StopTimeoutClock()
	return t.M.Run()
}
