package cli

import (
	"fmt"

	"github.com/spf13/cobra"
)

func newCompletion(a *app) *cobra.Command {
	shells := []string{"bash", "zsh", "fish", "powershell"}
	return &cobra.Command{
		Use:         "completion bash|zsh|fish|powershell",
		Short:       "Print a script that completes commands in your shell",
		Long:        "Print a script that completes commands and flags in your shell. For bash, for instance:\n\n  source <(campsync completion bash)",
		ValidArgs:   shells,
		Args:        exactly(1, "the name of a shell: "+oneOf(shells)),
		Annotations: map[string]string{noSettings: "it must work whatever the settings are"},
		RunE: func(cmd *cobra.Command, args []string) error {
			root := cmd.Root()
			switch args[0] {
			case "bash":
				return root.GenBashCompletionV2(a.out, true)
			case "zsh":
				return root.GenZshCompletion(a.out)
			case "fish":
				return root.GenFishCompletion(a.out, true)
			case "powershell":
				return root.GenPowerShellCompletionWithDesc(a.out)
			}
			return usageError("", fmt.Errorf("%q is no shell that is known here: %s%s", args[0], oneOf(shells), didYouMean(args[0], shells)))
		},
	}
}
