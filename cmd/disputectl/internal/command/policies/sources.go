package policies

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"disputecloser/cmd/disputectl/internal/access"
	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/export"
	"disputecloser/cmd/disputectl/internal/rules/history"
	"disputecloser/functions/reconcile"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/wooshpay"
)

// maxListPages limits what is read of WooshPay's list: two million disputes.
const maxListPages = 20_000

// piped returns past disputes that a function writes, as JSON Lines, while they are read.
func piped(ctx context.Context, from string, write func(ctx context.Context, w io.Writer, notes *[]string) error) records {
	ctx, cancel := context.WithCancel(ctx)
	r, w := io.Pipe()
	notes := new([]string)
	go func() { w.CloseWithError(write(ctx, w, notes)) }()
	place := func(f history.Fault) (string, history.Fault) { return from, f }
	return records{ReadCloser: pipe{r, cancel}, from: from, place: place, notes: notes}
}

type pipe struct {
	*io.PipeReader
	cancel context.CancelFunc
}

func (p pipe) Close() error {
	p.cancel()
	return p.PipeReader.Close()
}

// tableRecords reads the table's unfinished cases.
func tableRecords(ctx context.Context, env *access.Env, flag string) (records, error) {
	l, name, err := env.Table(ctx, flag)
	if err != nil {
		return records{}, err
	}
	return piped(ctx, "table "+name, func(ctx context.Context, w io.Writer, notes *[]string) error {
		*notes = append(*notes, "the table lists only unfinished cases: what was closed, won or lost is not among these")
		lines := export.NewLines(w)
		if _, err := access.EachCase(ctx, l, name, 0, func(c closing.Case) error { return lines.Write(c, time.Time{}) }); err != nil {
			return err
		}
		return lines.Flush()
	}), nil
}

// listRecords reads WooshPay's list.
func listRecords(ctx context.Context, env *access.Env, s access.Site, since cli.Span) (records, error) {
	client, err := listClient(ctx, env, s)
	if err != nil {
		return records{}, err
	}
	var from time.Time
	if since > 0 {
		from = env.Now().Add(-time.Duration(since))
	}
	return piped(ctx, "WooshPay's list", func(ctx context.Context, w io.Writer, notes *[]string) error {
		return writeList(ctx, closing.NewReading(reconcile.DisputeList{Client: client}, from, ""), w, notes)
	}), nil
}

// writeList writes WooshPay's list page by page.
func writeList(ctx context.Context, list *closing.Reading, w io.Writer, notes *[]string) error {
	unreadable := 0
	defer func() {
		if unreadable > 0 {
			*notes = append(*notes, fmt.Sprintf("%d entries of WooshPay's list could not be read", unreadable))
		}
	}()
	for range maxListPages {
		page, err := list.Next(ctx)
		unreadable += page.Unreadable
		if err := writePage(w, page.Disputes); err != nil {
			return err
		}
		switch {
		case errors.Is(err, closing.ErrListUnavailable):
			return cli.Fail(cli.Unreachable, "export the cases, or ask WooshPay for a file", "WooshPay does not offer its list of disputes here: %w", err)
		case errors.Is(err, closing.ErrCircle), errors.Is(err, closing.ErrNowhere):
			*notes = append(*notes, fmt.Sprintf("WooshPay's list was not read to its end: %v: these are not all disputes", err))
			return nil
		case err != nil:
			return access.ProviderError(err)
		case list.Ended():
			return nil
		}
	}
	*notes = append(*notes, "WooshPay's list is longer than what was read of it")
	return nil
}

// writePage writes a page's disputes, each on a line as WooshPay sent it.
func writePage(w io.Writer, page []dispute.Dispute) error {
	var lines bytes.Buffer
	for _, d := range page {
		if err := json.Compact(&lines, d.Raw()); err != nil {
			return fmt.Errorf("write dispute %s: %w", d.ID, err)
		}
		lines.WriteByte('\n')
	}
	_, err := w.Write(lines.Bytes())
	return err
}

// listClient returns the client of the account whose disputes are listed.
func listClient(ctx context.Context, env *access.Env, s access.Site) (*wooshpay.Client, error) {
	s, err := env.Locate(ctx, s)
	if err != nil {
		return nil, err
	}
	return env.Provider(ctx, s)
}
