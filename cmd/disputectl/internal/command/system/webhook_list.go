package system

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"disputecloser/cmd/disputectl/internal/access"
	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/delivery"
	"disputecloser/cmd/disputectl/internal/screen"
	"disputecloser/cmd/disputectl/internal/view"
	"disputecloser/shared/wooshpay"
)

func webhookListCommand(env *access.Env) *cobra.Command {
	var s access.Site
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the endpoints that are registered at WooshPay",
		Long: `List the endpoints that are registered at WooshPay for the account and mode of the API key.
Two enabled endpoints with one address are marked: they bring every event twice.

Exit codes: 0 fine, 1 an address is registered twice, or there is no key that
WooshPay takes, 2 usage, 3 could not reach or read.`,
		Example: `  disputectl webhook list --stack dispute-closer-test
  ` + access.KeyVariable + `=sk_test_... disputectl webhook list --json`,
		Args: cobra.NoArgs,
		RunE: cli.RunE(func(cmd *cobra.Command, _ []string) error { return runWebhookList(cmd.Context(), env, s, asJSON) }),
	}
	access.StackFlag(cmd, &s)
	access.ProviderFlags(cmd, &s)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func runWebhookList(ctx context.Context, env *access.Env, s access.Site, asJSON bool) error {
	s, err := env.Locate(ctx, s)
	if err != nil {
		return err
	}
	client, err := env.Provider(ctx, s)
	if err != nil {
		return err
	}
	list, err := client.ListEndpoints(ctx)
	rows := endpointRows(list.Endpoints)
	if err != nil && len(rows) == 0 {
		return access.ProviderError(err)
	}
	if err := printEndpoints(&env.Console, rows, asJSON); err != nil {
		return err
	}
	if err != nil {
		return access.ProviderError(err)
	}
	if list.Unreadable > 0 {
		return cli.Fail(cli.Unreachable, "check WooshPay's dashboard", "%s of WooshPay's list cannot be read", cli.Count(list.Unreadable, "more endpoint"))
	}
	if slices.ContainsFunc(rows, func(r endpointRow) bool { return r.Duplicate }) {
		return cli.ErrFound
	}
	return nil
}

// endpointRow is an endpoint as it is printed.
type endpointRow struct {
	ID  string `json:"id"`
	URL string `json:"url"`
	// Events is null if WooshPay does not say.
	Events []string `json:"events"`
	Status string   `json:"status"`
	// Livemode is null if WooshPay does not say.
	Livemode *bool `json:"livemode"`
	// Duplicate means that another enabled endpoint has this URL.
	Duplicate bool `json:"duplicate"`
}

func endpointRows(endpoints []wooshpay.Endpoint) []endpointRow {
	rows := []endpointRow{}
	for i, e := range endpoints {
		row := endpointRow{ID: e.ID, URL: e.URL, Events: e.Events, Status: e.Status}
		if live, known := e.Livemode.Get(); known {
			row.Livemode = &live
		}
		for j, other := range endpoints {
			row.Duplicate = row.Duplicate || i != j && e.URL != "" && e.Enabled() && other.Enabled() && delivery.Same(e.URL, other.URL)
		}
		rows = append(rows, row)
	}
	return rows
}

func printEndpoints(console *cli.Console, rows []endpointRow, asJSON bool) error {
	if asJSON {
		return console.PrintJSON(rows)
	}
	if len(rows) == 0 {
		screen.Printf(console.Stdout, "No endpoint is registered: `disputectl webhook create` registers one.\n")
		return nil
	}
	g := view.Grid{Columns: []view.Column{
		{Head: "ID"}, {Head: "STATUS", Drop: 2}, {Head: "MODE", Drop: 1}, {Head: "URL", Least: 24}, {Head: "EVENTS", Drop: 3, Least: 12},
	}}
	for _, r := range rows {
		mode := "?"
		if r.Livemode != nil {
			mode = map[bool]string{false: "test", true: "live"}[*r.Livemode]
		}
		address := r.URL
		if r.Duplicate {
			address += " (twice!)"
		}
		g.Rows = append(g.Rows, view.Plain(orUnknown(r.ID), orUnknown(r.Status), mode, orUnknown(address), shortEvents(r.Events)))
	}
	return g.Write(console.Stdout, console.Width())
}

// orUnknown returns ? for a field that WooshPay does not send.
func orUnknown(text string) string {
	if text == "" {
		return "?"
	}
	return text
}

// shortEvents sums up the events about disputes if all of them are there, and says if they are not known.
func shortEvents(kinds []string) string {
	if kinds == nil {
		return "events not known"
	}
	given := map[string]bool{}
	for _, kind := range kinds {
		given[kind] = true
	}
	all := wooshpay.DisputeEvents()
	for _, kind := range all {
		if !given[kind] {
			return strings.Join(kinds, ", ")
		}
		delete(given, kind)
	}
	short := fmt.Sprintf("all %d about disputes", len(all))
	if len(given) > 0 {
		short += fmt.Sprintf(", and %d more", len(given))
	}
	return short
}
