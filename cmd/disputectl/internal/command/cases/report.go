package cases

import (
	"cmp"
	"context"
	"time"

	"github.com/spf13/cobra"

	"disputecloser/cmd/disputectl/internal/access"
	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/reportpage"
	"disputecloser/cmd/disputectl/internal/reporttable"
	"disputecloser/cmd/disputectl/internal/screen"
	"disputecloser/shared/closing"
	"disputecloser/shared/report"
)

// reportFlags are the flags of report.
type reportFlags struct {
	site      access.Site
	period    cli.PeriodFlags
	html      string
	json, csv bool
}

const (
	// reportDays is how many days a report is about if none are named.
	reportDays = 7
	// reportAhead is how far ahead a report looks for deadlines.
	reportAhead = 7 * 24 * time.Hour
)

// Report returns `disputectl report`.
func Report(env *access.Env) *cobra.Command {
	var f reportFlags
	cmd := &cobra.Command{
		Use:     "report",
		Short:   "Sum up what was conceded, won and lost, what people did, and what waits",
		GroupID: Group,
		Long: `Sum up what happened in a span of UTC days, by day, rule, currency and reason code: what we
closed and what that conceded, what was won, lost or ended otherwise, what the rules had
decided, and what people did; and what waits now. Without flags it is about the last 7 days.

--since 7d begins with the UTC day on which it was 7 days ago. A case counts on the day on
which it ended. Regrets are closes that were decided in shadow and not carried out, and
whose disputes were won. In doubt are cases that may have been ended by a close of ours.

--html writes one file that needs nothing else: charts, and every figure in tables.

It reads the journal of these days, one query a day, and the unfinished cases.
Amounts are in the major unit on the screen, and in the minor unit in --json and --csv.

Exit codes: 0 fine, 2 usage, 3 the table did not answer, or holds something that cannot
be read; it is named, and the rest is counted.`,
		Example: `  disputectl report --since 30d
  disputectl report --from 2026-03-01 --to 2026-03-31 --csv > march.csv
  disputectl report --since 30d --html report.html`,
		Args: cobra.NoArgs,
		RunE: cli.RunE(func(cmd *cobra.Command, _ []string) error { return runReport(cmd.Context(), env, f) }),
	}
	access.TableFlags(cmd, &f.site)
	cli.AddPeriodFlags(cmd, &f.period)
	cmd.Flags().BoolVar(&f.json, "json", false, "print JSON")
	cmd.Flags().BoolVar(&f.csv, "csv", false, "print every group as CSV")
	cmd.Flags().StringVar(&f.html, "html", "", "write a page with charts to this `FILE`, for a browser or a printer")
	cmd.MarkFlagsMutuallyExclusive("json", "csv", "html")
	return cmd
}

func runReport(ctx context.Context, env *access.Env, f reportFlags) error {
	p, err := f.period.Period(env.Now(), reportDays)
	if err != nil {
		return err
	}
	desk, err := env.Open(ctx, f.site)
	if err != nil {
		return err
	}
	where := desk.Where(ctx)
	r, unread := readReport(ctx, desk, p.Days(), env.Now().UTC())
	if unread != nil && !access.OnlyUnreadable(unread) {
		return unread
	}
	if r.Waits.Cut {
		screen.Printf(env.Stderr, "only the %d unfinished cases that are due first were read\n", access.MaxListed)
	}
	if f.html != "" {
		err = writePage(&env.Console, where, r, f.html)
	} else {
		err = printReport(&env.Console, where, r, f)
	}
	return cmp.Or(err, unread)
}

// readReport reads a report. With an error of unreadable cases or lines, which OnlyUnreadable recognizes, it is good.
func readReport(ctx context.Context, desk access.Desk, days []closing.Day, now time.Time) (*report.Report, error) {
	r, err := report.Read(ctx, desk, report.Scope{Days: days, At: now, Ahead: reportAhead, MostCases: access.MaxListed})
	if err != nil {
		return r, access.TableError(desk.Table, err)
	}
	return r, nil
}

func printReport(console *cli.Console, where access.Where, r *report.Report, f reportFlags) error {
	switch {
	case f.json:
		return console.PrintJSON(struct {
			Site access.Where `json:"site"`
			reporttable.JSON
		}{where, reporttable.JSONOf(r)})
	case f.csv:
		return reporttable.WriteCSV(console.Data(), r)
	}
	where.Print(console)
	return reporttable.Write(console.Stdout, r, console.Width())
}

func writePage(console *cli.Console, where access.Where, r *report.Report, name string) error {
	out, err := console.Output(name, cli.OwnerOnly)
	if err != nil {
		return err
	}
	if err := reportpage.Write(out, where.String(), r); err != nil {
		return cli.Fail(cli.Misused, "check the disk and its permissions", "%w; %s", err, out.Discard())
	}
	if err := out.Commit(); err != nil {
		return err
	}
	if !out.Standard {
		screen.Printf(console.Stderr, "%s written\n", name)
	}
	return nil
}
