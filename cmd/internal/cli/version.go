package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// build is what is known of this program.
type build struct {
	Version  string `json:"version"`
	Revision string `json:"revision,omitempty"`
	Time     string `json:"time,omitempty"`     // of the revision
	Modified bool   `json:"modified,omitempty"` // the source was not what the revision has
	Go       string `json:"go"`
	System   string `json:"system"`
}

func newVersion(a *app) *cobra.Command {
	return &cobra.Command{
		Use:         "version",
		Short:       "Show the version of this program",
		Args:        noArguments,
		Annotations: map[string]string{noSettings: "it must work whatever the settings are"},
		RunE: func(*cobra.Command, []string) error {
			b := thisBuild()
			if a.global.json {
				return a.writeJSON("version", b)
			}
			return a.printf("campsync %s\n", b)
		},
	}
}

// thisBuild reads what the Go toolchain wrote into the program.
func thisBuild() build {
	b := build{Version: "(unknown)", Go: runtime.Version(), System: runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	b.Version = info.Main.Version
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Revision = s.Value
		case "vcs.time":
			b.Time = s.Value
		case "vcs.modified":
			b.Modified = s.Value == "true"
		}
	}
	return b
}

func (b build) String() string {
	text := b.Version
	if len(b.Revision) >= 12 {
		text += fmt.Sprintf(" (%s, %s)", b.Revision[:12], b.Time)
	}
	return text + " " + b.Go + " " + b.System
}

// userAgent is how campsync names itself to servers.
func userAgent() string { return "campsync/" + thisBuild().Version }
