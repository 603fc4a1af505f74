package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/campsync/campsync/cmd/internal/term"
)

// ordersOptions pick orders out of a campaign and say in which form they are
// wanted.
type ordersOptions struct {
	orderSelection
	format choice
	output filePath
	force  bool
}

// bind binds the flags; the first of the formats is the default.
func (o *ordersOptions) bind(cmd *cobra.Command, formats ...string) {
	o.orderSelection.bind(cmd)
	bindChoice(cmd, cmd.Flags(), &o.format, "format", "form of the orders; csv and json have all that is known of them", formats...)
}

func newOrdersList(a *app) *cobra.Command {
	var o ordersOptions
	cmd := &cobra.Command{
		Use:   "list --campaign C",
		Short: "List the orders of a campaign",
		Args:  noArguments,
		RunE:  func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context(), a) },
	}
	o.bind(cmd, "table", "csv", "json")
	return cmd
}

const ordersExportLong = `Writes the orders of a campaign with all that is known of them: the fields of
their records, the parameters of the campaign's record type, the settings of the
orders, and their status and UUIDs.

The columns have the names of what they hold, so that campsync takes the file as
it is and reads every cell back as the value that it was: what was not changed in
it changes nothing. That goes before the comfort of spreadsheets. Text that
begins with = + - or @ stands as it is, and a spreadsheet may take it for a
formula: there, read the columns in as text. Numbers are written in digits, times
in UTC. What a cell cannot keep is the white space around a text.`

func newOrdersExport(a *app) *cobra.Command {
	var o ordersOptions
	cmd := &cobra.Command{
		Use:   "export --campaign C",
		Short: "Write the orders of a campaign to a file that can be imported again",
		Long:  ordersExportLong,
		Example: `  campsync orders export --campaign Demo -o demo.csv
  campsync orders export --campaign Demo --status no-answer --format json`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context(), a) },
	}
	o.bind(cmd, "csv", "json", "table")
	cmd.Flags().VarP(&o.output, "output", "o", "`FILE` to write (default: stdout)")
	cmd.Flags().BoolVar(&o.force, "force", false, "write over a file that is there")
	return cmd
}

func (o *ordersOptions) run(ctx context.Context, a *app) (err error) {
	if err := errors.Join(needCampaign(o.campaign), o.checkFormat(a), o.checkOutput()); err != nil {
		return err
	}
	s, err := a.connect(connection{})
	if err != nil {
		return err
	}
	defer s.closeInto(&err)
	campaign, err := s.campaign(ctx, o.campaign)
	if err != nil {
		return err
	}
	w := ordersWriter{session: s, campaign: campaign, whole: o.search == "" && o.status == "" && o.limit == 0}
	defer w.closeInto(&err)
	orders := limited(o.orders(ctx, s, campaign.UUID), o.limit)
	if o.output == "" {
		err = w.write(ctx, a.out, o.format.value, orders)
	} else {
		err = o.intoFile(func(out term.Stream) error { return w.write(ctx, out, o.format.value, orders) })
	}
	if w.gone > 0 {
		a.log.Warn(fmt.Sprintf("the records of %s are not there any more: what the campaign's list shows of them is all that was written", counted(w.gone, "order")))
	}
	if err == nil && o.output != "" {
		a.notice("%s in %s", counted(w.count, "order"), o.output)
	}
	return err
}

// intoFile writes the file whole or not at all. It holds personal data, and is
// for its owner alone.
func (o *ordersOptions) intoFile(write func(term.Stream) error) error {
	var inside error
	err := replaceFile(string(o.output), 0o600, func(f io.Writer) error {
		inside = write(term.Stream{Writer: f})
		return inside
	})
	if err != nil && inside == nil {
		return usageError("", fmt.Errorf("writing the orders: %w", err))
	}
	return err
}

// checkFormat lets --json stand for the format, as on every command.
func (o *ordersOptions) checkFormat(a *app) error {
	if !a.global.json {
		return nil
	}
	if from := a.origins["format"]; from != "" && o.format.value != "json" {
		return usageError("", fmt.Errorf("--json and the format %s (from %s) exclude each other", o.format.value, from))
	}
	o.format.value = "json"
	return nil
}

// checkOutput spares a file that is there.
func (o *ordersOptions) checkOutput() error {
	if o.output == "" || o.force {
		return nil
	}
	switch _, err := os.Stat(string(o.output)); {
	case err == nil:
		return usageError("--force writes over it", fmt.Errorf("%s is there already", o.output))
	case !errors.Is(err, os.ErrNotExist):
		return usageError("", fmt.Errorf("writing the orders: %w", err))
	}
	return nil
}
