package cases

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

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
	period              cli.PeriodFlags
	format, output, ids string
}

// Export returns `disputectl export`.
func Export(env *access.Env) *cobra.Command {
	var f exportFlags
	cmd := &cobra.Command{
		Use:     "export [DISPUTE...]",
		Short:   "Write cases as JSON Lines or CSV: those that are named, or the unfinished ones and those that ended in a time",
		GroupID: Group,
		Long: `Write the unfinished cases, and those that ended in the time of --since, or --from and --to.
If cases are named, as arguments or in a file (--ids, one a line, or in the column "dispute"
of a CSV), only those are written. Each is written once. It is not a snapshot: a case that
changes meanwhile is written as it is when it is read.

ended_at and closed_at, when a case ended and when we closed it, are those of the journal,
and are empty for a case that is only named.

--format jsonl  everything: the dispute as WooshPay sent it, with evidence and metadata
                (keep it like the data it is), and the case: policy backtest reads it
--format csv    one line a case without evidence and metadata; a text that a spreadsheet
                could take for a formula, or a number that it would round, such as an id
                of 19 digits, begins with an apostrophe, which --ids removes again

A file of -o appears, or replaces the one that is there, when it is complete. Ctrl-C ends it,
and nothing is left behind. Devices and pipes are written as it comes.

Exit codes: 0 fine, 1 a named case is missing (the others are written), 2 usage,
3 the table did not answer, or holds a case that cannot be read (the others are written),
130 interrupted.`,
		Example: `  disputectl export -o cases.jsonl
  disputectl export --format csv -o march.csv --from 2026-03-01 --to 2026-03-31
  disputectl export dp_1234 --ids finished.txt -o cases.jsonl`,
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: access.CompleteIDs(env, &f.site),
		RunE:              cli.RunE(func(cmd *cobra.Command, args []string) error { return runExport(cmd.Context(), env, args, f) }),
	}
	access.TableFlags(cmd, &f.site)
	cli.AddPeriodFlags(cmd, &f.period)
	cmd.Flags().StringVar(&f.format, "format", formatLines, "the `FORMAT`: jsonl or csv")
	cmd.Flags().StringVarP(&f.output, "output", "o", "", "the `FILE` to write; the standard output if empty or -")
	cmd.Flags().StringVar(&f.ids, "ids", "", "a `FILE` with ids to export, one a line, or a CSV of this command; - is the standard input")
	_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions([]string{formatLines, formatCSV}, cobra.ShellCompDirectiveNoFileComp)) // The flag is there.
	return cmd
}

func runExport(ctx context.Context, env *access.Env, args []string, f exportFlags) error {
	newWriter, known := formats[f.format]
	if !known {
		return cli.Fail(cli.Misused, cli.Choose(f.format, slices.Sorted(maps.Keys(formats))), "%q is not a format", f.format)
	}
	ids, err := namedIDs(&env.Console, args, f.ids)
	if err != nil {
		return err
	}
	switch {
	case f.ids != "" && len(ids) == 0:
		return cli.Fail(cli.Misused, "leave out --ids to write all unfinished cases", "%s names no dispute", f.ids)
	case len(ids) > 0 && f.period.Given():
		return cli.Fail(cli.Misused, "leave one of them out", "disputes are named, which are all that is written, and so is a time")
	}
	period, err := f.chosen(env.Now())
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
	e := exporter{Writer: newWriter(out), desk: desk, written: map[dispute.ID]bool{}}
	if err = e.all(ctx, period, ids); err == nil {
		err = e.Flush()
	}
	if err != nil {
		return ended(ctx, err, len(e.written), out.Discard())
	}
	if err := out.Commit(); err != nil {
		return err
	}
	screen.Printf(env.Stderr, "%s written\n", cli.Count(len(e.written), "case"))
	if e.unread != nil {
		return e.unread
	}
	if len(e.missing) > 0 {
		return cli.Fail(cli.Found, "check the ids", "there is no case %s in %s", strings.Join(e.missing, ", "), desk.Name())
	}
	return nil
}

// chosen returns the period that the flags choose, or nil.
func (f exportFlags) chosen(now time.Time) (*cli.Period, error) {
	if !f.period.Given() {
		return nil, nil //nolint:nilnil // Without a period, nothing is wrong.
	}
	p, err := f.period.Period(now, 0)
	return &p, err
}

// namedIDs returns the ids of the arguments and of the file, without duplicates.
func namedIDs(console *cli.Console, args []string, file string) ([]dispute.ID, error) {
	names := slices.Clone(args)
	if file != "" {
		text, err := console.ReadText(file)
		if err != nil {
			return nil, err
		}
		listed, err := sheet.Texts(text, export.IDColumn)
		if err != nil {
			return nil, cli.Fail(cli.Misused, "correct the file, then try again", "%s: %w", file, err)
		}
		names = append(names, listed...)
	}
	ids := make([]dispute.ID, 0, len(names))
	for _, name := range names {
		if err := access.CheckID(dispute.ID(name)); err != nil {
			return nil, err
		}
		ids = append(ids, dispute.ID(name))
	}
	slices.Sort(ids)
	return slices.Compact(ids), nil
}

// exporter writes cases and remembers which ones.
type exporter struct {
	export.Writer
	desk    access.Desk
	written map[dispute.ID]bool
	missing []string
	// unread is the first error about cases that cannot be read.
	unread error
}

func (e *exporter) take(c closing.Case) error {
	if err := e.Write(c); err != nil {
		return fmt.Errorf("write case %s: %w", c.ID, err)
	}
	e.written[c.ID] = true
	return nil
}

// passable notes an error about cases that cannot be read, and returns any other.
func (e *exporter) passable(err error) error {
	if !access.OnlyUnreadable(err) {
		return err
	}
	e.unread = cmp.Or(e.unread, err)
	return nil
}

// all writes the cases that are named or, if none are, the unfinished ones and those that ended in the period, if one is
// given.
func (e *exporter) all(ctx context.Context, period *cli.Period, named []dispute.ID) error {
	if len(named) > 0 {
		return e.loadEach(ctx, named)
	}
	_, err := access.EachCase(ctx, e.desk, e.desk.Table, 0, e.take)
	if err = e.passable(err); err != nil {
		return err
	}
	var ids []dispute.ID
	if period != nil {
		err := eachLineOf(ctx, e.desk, *period, func(l closing.Line) {
			if l.Ended != nil {
				ids = append(ids, l.Dispute)
			}
		})
		if err = e.passable(err); err != nil {
			return err
		}
	}
	return e.loadEach(ctx, ids)
}

func (e *exporter) loadEach(ctx context.Context, ids []dispute.ID) error {
	for some := range slices.Chunk(ids, loadedAtOnce) {
		if err := e.load(ctx, some); err != nil {
			return err
		}
	}
	return nil
}

// loadedAtOnce is how many cases are loaded together.
const loadedAtOnce = 100

// load writes those of the cases that are not written yet.
func (e *exporter) load(ctx context.Context, ids []dispute.ID) error {
	ids = slices.DeleteFunc(slices.Clone(ids), func(id dispute.ID) bool { return e.written[id] })
	found, err := e.desk.LoadAll(ctx, ids)
	unread := closing.UnreadIn(err)
	if err != nil {
		if err = e.passable(access.TableError(e.desk.Table, err)); err != nil {
			return err
		}
	}
	for _, id := range ids {
		c, has := found[id]
		switch {
		case has && !e.written[id]:
			if err := e.take(c); err != nil {
				return err
			}
		case !has && !slices.ContainsFunc(unread, func(u *closing.UnreadableError) bool { return u.ID == id }) && !slices.Contains(e.missing, string(id)):
			e.missing = append(e.missing, string(id))
		}
	}
	return nil
}

// ended says what is left of an export that was not completed.
func ended(ctx context.Context, err error, n int, left string) error {
	if ctx.Err() != nil {
		return cli.Fail(cli.Interrupted, "", "interrupted after %s: %s", cli.Count(n, "case"), left)
	}
	if f := new(cli.ExitError); errors.As(err, &f) {
		return cli.Fail(f.Code, f.Next, "%w; after %s: %s", err, cli.Count(n, "case"), left)
	}
	return cli.Fail(cli.Misused, "check the disk and its permissions", "%w; after %s: %s", err, cli.Count(n, "case"), left)
}
