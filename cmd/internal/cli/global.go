package cli

import (
	"github.com/spf13/cobra"
)

// defaultBaseURL is where the API is (CONTRACT: Conventions).
const defaultBaseURL = "https://callcamp.ai/api"

// globalOptions are the flags that every command has.
type globalOptions struct {
	config     filePath
	profile    string
	baseURL    string
	tokenFile  filePath
	stateDir   folderPath
	reportDir  folderPath
	noProgress bool
	logFormat  choice
	logLevel   choice
	json       bool
	quiet      bool
	sandbox    bool
	db         filePath
}

func (g *globalOptions) bind(root *cobra.Command) {
	fs := root.PersistentFlags()
	fs.Var(&g.config, "config", "read this `FILE` instead of campsync.yaml here and in the user's configuration folder")
	fs.StringVar(&g.profile, "profile", "", "use the settings under profiles.`NAME` of the configuration")
	fs.StringVar(&g.baseURL, "base-url", defaultBaseURL, "`URL` of the API: https, or http to this host")
	fs.Var(&g.tokenFile, "token-file", "read the API token from this `FILE`, which nobody else may read")
	fs.Var(&g.stateDir, "state-dir", "folder of the ledger (default: $XDG_STATE_HOME/campsync or ~/.local/state/campsync)")
	fs.Var(&g.reportDir, "report-dir", "folder of the run's reports (default: campsync-runs/<run id>)")
	fs.BoolVar(&g.noProgress, "no-progress", false, "show no progress")
	bindChoice(root, fs, &g.logFormat, "log-format", "form of what goes to stderr", "text", "json")
	bindChoice(root, fs, &g.logLevel, "log-level", "least level of what is logged", "warn", "error", "info", "debug")
	fs.BoolVar(&g.json, "json", false, "print the result as one JSON document")
	fs.BoolVarP(&g.quiet, "quiet", "q", false, "no progress and no remarks on stderr, only warnings and errors")
	fs.BoolVar(&g.sandbox, "sandbox", false, "work against a sandbox inside this process instead of the API")
	fs.Var(&g.db, "db", "keep what is in the sandbox in this `FILE`")
}
