package cases

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"disputecloser/cmd/disputectl/internal/access"
	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/export"
	"disputecloser/cmd/disputectl/internal/screen"
	"disputecloser/cmd/disputectl/internal/sheet"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

// The formats of an export.
const (
	formatLines = "jsonl"
	formatCSV   = "csv"
)

var formats = map[string]func(io.Writer) export.Writer{formatLines: export.NewLines, formatCSV: export.NewCSV}

// exportFlags are the flags of export.
type exportFlags struct {
	site                access.Site
	format, output, ids string
}

// Export returns `disputectl export`.
func Export(env *access.Env) *cobra.Command {
	var f exportFlags
	cmd := &cobra.Command{
		Use:     "export [DISPUTE...]",
		Short:   "Write the unfinished cases, and those named, as JSON Lines or CSV",
		GroupID: Group,
		Long: `Write the unfinished cases, and the cases that are named, each once. Finished cases are in no
index, and finding them all would read the whole table: name them, as arguments or in a file
(--ids): one a line, or in the column "dispute" of a CSV. It is not a snapshot: a case that
changes meanwhile is written as it is when it is read.

--format jsonl  everything: the dispute as WooshPay sent it, with evidence and metadata
                (keep it like the data it is), and the case: policy backtest reads it
--format csv    one line a case without evidence and metadata; a text that a spreadsheet
                could take for a formula, or a number that it would round, such as an id
                of 19 digits, begins with an apostrophe, which --ids removes again

A file of -o appears, or replaces the one that is there, when it is complete. Ctrl-C ends it,
and nothing is left behind. Devices and pipes are written as it comes.

Exit codes: 0 fine, 1 a named case is missing (the others are written), 2 usage,
3 interrupted, or the table did not answer or holds a case that cannot be read (the
others are written).`,
		Example: `  disputectl export -o cases.jsonl
  disputectl export --format csv -o cases.csv
  disputectl export dp_1234 --ids finished.txt -o cases.jsonl`,
		Args: cobra.ArbitraryArgs,
		RunE: cli.RunE(func(cmd *cobra.Command, args []string) error { return runExport(cmd.Context(), env, args, f) }),
	}
	access.TableFlags(cmd, &f.site)
	cmd.Flags().StringVar(&f.format, "format", formatLines, "the `FORMAT`: jsonl or csv")
	cmd.Flags().StringVarP(&f.output, "output", "o", "", "the `FILE` to write; the standard output if empty or -")
	cmd.Flags().StringVar(&f.ids, "ids", "", "a `FILE` with ids to export, one a line, or a CSV of this command; - is the standard input")
	_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions([]string{formatLines, formatCSV}, cobra.ShellCompDirectiveNoFileComp)) // The flag is there.
	return cmd
}

func runExport(ctx context.Context, env *access.Env, args []string, f exportFlags) error {
	newWriter, known := formats[f.format]
	if !known {
		return cli.Fail(cli.Misused, "use --format jsonl or --format csv", "%q is not a format", f.format)
	}
	ids, err := namedIDs(&env.Console, args, f.ids)
	if err != nil {
		return err
	}
	desk, err := env.Open(ctx, f.site)
	if err != nil {
		return err
	}
	out, err := env.Output(f.output, cli.OwnerOnly)
	if err != nil {
		return err
	}
	e := exporter{Writer: newWriter(out), written: map[dispute.ID]bool{}}
	unread := exportAll(ctx, desk, ids, &e)
	if unread == nil || access.OnlyUnreadable(unread) {
		err = e.Flush()
	} else {
		err = unread
	}
	if err != nil {
		return ended(ctx, err, len(e.written), out.Discard())
	}
	if err := out.Commit(); err != nil {
		return err
	}
	screen.Printf(env.Stderr, "%s written\n", cli.Count(len(e.written), "case"))
	if unread != nil {
		return unread
	}
	if len(e.missing) > 0 {
		return cli.Fail(cli.Found, "check the ids", "there is no case %s in %s", strings.Join(e.missing, ", "), desk.Name())
	}
	return nil
}

// namedIDs returns the ids of the arguments and of the file, without duplicates.
func namedIDs(console *cli.Console, args []string, file string) ([]string, error) {
	ids := slices.Clone(args)
	if file != "" {
		text, err := console.ReadText(file)
		if err != nil {
			return nil, err
		}
		listed, err := sheet.Texts(text, export.IDColumn)
		if err != nil {
			return nil, cli.Fail(cli.Misused, "correct the file, then try again", "%s: %w", file, err)
		}
		ids = append(ids, listed...)
	}
	for _, id := range ids {
		if err := access.CheckID(dispute.ID(id)); err != nil {
			return nil, err
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids), nil
}

// exporter writes cases and remembers which ones.
type exporter struct {
	export.Writer
	written map[dispute.ID]bool
	missing []string
}

func (e *exporter) take(c closing.Case) error {
	if err := e.Write(c); err != nil {
		return fmt.Errorf("write case %s: %w", c.ID, err)
	}
	e.written[c.ID] = true
	return nil
}

func exportAll(ctx context.Context, desk access.Desk, ids []string, e *exporter) error {
	_, unread := access.EachCase(ctx, desk, desk.Table, 0, e.take)
	if unread != nil && !access.OnlyUnreadable(unread) {
		return unread
	}
	for _, id := range ids {
		id := dispute.ID(id)
		if e.written[id] {
			continue
		}
		c, err := desk.Load(ctx, id)
		switch {
		case errors.Is(err, closing.ErrNotFound):
			e.missing = append(e.missing, string(id))
			continue
		case errors.Is(err, closing.ErrUnreadable):
			unread = cmp.Or(unread, access.TableError(desk.Table, err))
			continue
		case err != nil:
			return access.TableError(desk.Table, err)
		}
		if err := e.take(c); err != nil {
			return err
		}
	}
	return unread
}

// ended says what is left of an export that was not completed.
func ended(ctx context.Context, err error, n int, left string) error {
	if ctx.Err() != nil {
		return cli.Fail(cli.Unreachable, "", "interrupted after %s: %s", cli.Count(n, "case"), left)
	}
	if f := new(cli.ExitError); errors.As(err, &f) {
		return cli.Fail(f.Code, f.Next, "%w; after %s: %s", err, cli.Count(n, "case"), left)
	}
	return cli.Fail(cli.Misused, "check the disk and its permissions", "%w; after %s: %s", err, cli.Count(n, "case"), left)
}
