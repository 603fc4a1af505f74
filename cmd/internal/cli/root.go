package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

const rootLong = `campsync brings contacts from CSV and XLSX files into the calling campaigns of
Call Camp: never calling anybody twice, never calling whom it must not, never
losing a row, and saying what became of each.

Try it with no account, against a sandbox inside the process:

  campsync import leads.csv --campaign Demo --sandbox

Every flag is also CAMPSYNC_<FLAG> in the environment (CAMPSYNC_BASE_URL for
--base-url) and a key of campsync.yaml (baseUrl), in this folder or in the
user's configuration folder; a flag goes before the environment, that before the
file. The API token is read from CAMPSYNC_TOKEN or from --token-file.`

// noSettings marks commands that take no settings, so that they work whatever
// stands in a configuration.
const noSettings = "no-settings"

func newRoot(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:           "campsync",
		Short:         "Bulk import and sync of calling campaigns",
		Long:          rootLong,
		SilenceErrors: true,
		SilenceUsage:  true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			return a.prepare(cmd)
		},
	}
	group(root)
	root.SetHelpTemplate(root.HelpTemplate() + "{{if not .HasParent}}\n" + exitHelp() + "{{end}}")
	root.SetFlagErrorFunc(flagError)
	a.global.bind(root)
	root.AddCommand(
		newImport(a),
		newSync(a),
		newPlan(a),
		newApply(a),
		newSuppress(a),
		newValidate(a),
		newInspect(a),
		newMap(a),
		newResume(a),
		newRuns(a),
		newReport(a),
		newCampaigns(a),
		newRecordTypes(a),
		newAuth(a),
		newOrders(a),
		newSandbox(a),
		newVersion(a),
		newCompletion(a),
	)
	return root
}

// prepare makes the settings complete before a command runs.
func (a *app) prepare(cmd *cobra.Command) error {
	if cmd.Annotations[noSettings] == "" && !strings.HasPrefix(cmd.Name(), "__complete") && cmd.Name() != "help" {
		if err := a.resolve(cmd); err != nil {
			return err
		}
	}
	a.log = newLogger(a.errs, a.global.logFormat.value, a.logLevel())
	if a.global.db != "" && !a.global.sandbox && cmd.Name() != "sandbox" {
		return usageError("add --sandbox", errors.New("--db is the file of a sandbox"))
	}
	return nil
}

// exitHelp is the table of exit codes as the help shows it.
func exitHelp() string {
	var b strings.Builder
	b.WriteString("Exit codes:\n")
	for _, e := range exits {
		fmt.Fprintf(&b, "  %-8s  %s\n", e.code, e.means)
	}
	return b.String()
}

// group makes a command that only has others below it: alone it shows its
// help, with a word that is no command it is an error.
func group(cmd *cobra.Command) *cobra.Command {
	cmd.Annotations = map[string]string{noSettings: "it only shows its help"}
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return nil
		}
		var names []string
		for _, sub := range cmd.Commands() {
			if sub.IsAvailableCommand() {
				names = append(names, sub.Name())
			}
		}
		return usageError(helpHint(cmd), fmt.Errorf("%q is no command of %s%s", args[0], cmd.CommandPath(), didYouMean(args[0], names)))
	}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	return cmd
}

func helpHint(cmd *cobra.Command) string {
	return fmt.Sprintf("%s --help shows how it is used", cmd.CommandPath())
}

// flagError says what is wrong with a flag, in our words.
func flagError(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var invalid *pflag.InvalidValueError
	var missing *pflag.ValueRequiredError
	switch {
	case errors.As(err, &unknown) && unknown.GetSpecifiedShortnames() == "":
		var names []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
		name := unknown.GetSpecifiedName()
		text := fmt.Sprintf("%s has no flag --%s", cmd.CommandPath(), name)
		if near := nearest(name, names); near != "" {
			text += "; did you mean --" + near + "?"
		}
		if name == "token" {
			text = "a token on the command line can be read by every user of this host; set " + tokenVariable + " or use --token-file"
		}
		err = errors.New(text)
	case errors.As(err, &invalid):
		err = fmt.Errorf("--%s %q: %w", invalid.GetFlag().Name, invalid.GetValue(), invalid.Unwrap())
	case errors.As(err, &missing):
		err = fmt.Errorf("--%s needs a value", missing.GetFlag().Name)
	}
	return usageError(helpHint(cmd), err)
}

// exactly wants n arguments; what names them in the error.
func exactly(n int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) < n:
			return usageError(helpHint(cmd), fmt.Errorf("%s needs %s", cmd.CommandPath(), what))
		case len(args) > n:
			return usageError(helpHint(cmd), fmt.Errorf("%s does not take %q", cmd.CommandPath(), args[n]))
		}
		return nil
	}
}

// atMostOne takes an optional argument.
func atMostOne(cmd *cobra.Command, args []string) error {
	if len(args) > 1 {
		return usageError(helpHint(cmd), fmt.Errorf("%s does not take %q", cmd.CommandPath(), args[1]))
	}
	return nil
}

// noArguments is for commands that take flags alone.
var noArguments = exactly(0, "")
