package cli

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"disputecloser/shared/closing"
)

func TestAPeriodIsDays(t *testing.T) {
	now := time.Date(2026, 3, 8, 1, 0, 0, 0, time.FixedZone("east", 3*3600)) // 22:00 of the day before by UTC.
	for flags, want := range map[string]struct {
		from        string
		first, last closing.Day
		days        int
	}{
		"":                                  {"2026-02-28T22:00:00Z", "2026-02-28", "2026-03-07", 8},
		"--since 1h":                        {"2026-03-07T21:00:00Z", "2026-03-07", "2026-03-07", 1},
		"--since 22h":                       {"2026-03-07T00:00:00Z", "2026-03-07", "2026-03-07", 1},
		"--since 23h":                       {"2026-03-06T23:00:00Z", "2026-03-06", "2026-03-07", 2},
		"--since 30d":                       {"2026-02-05T22:00:00Z", "2026-02-05", "2026-03-07", 31},
		"--from 2026-03-01":                 {"2026-03-01T00:00:00Z", "2026-03-01", "2026-03-07", 7},
		"--from 2026-03-07":                 {"2026-03-07T00:00:00Z", "2026-03-07", "2026-03-07", 1},
		"--from 2026-02-01 --to 2026-02-01": {"2026-02-01T00:00:00Z", "2026-02-01", "2026-02-01", 1},
		"--from 2026-02-01 --to 2026-02-28": {"2026-02-01T00:00:00Z", "2026-02-01", "2026-02-28", 28},
		"--from 2026-03-01 --to 2030-01-01": {"2026-03-01T00:00:00Z", "2026-03-01", "2026-03-07", 7},
		"--from 2023-03-09":                 {"2023-03-09T00:00:00Z", "2023-03-09", "2026-03-07", 1095},
		"--since 1095d":                     {"2023-03-08T22:00:00Z", "2023-03-08", "2026-03-07", 1096},
	} {
		p, err := periodOf(t, flags).Period(now, 7)
		days := p.Days()
		if err != nil || p.From.UTC().Format(time.RFC3339) != want.from || len(days) != want.days || days[0] != want.first || days[len(days)-1] != want.last {
			t.Errorf("%s: %v, from %s, %v", flags, err, p.From, days)
		}
	}
}

func TestNoPeriod(t *testing.T) {
	now := time.Date(2026, 3, 8, 12, 0, 0, 0, time.UTC)
	for flags, want := range map[string]string{
		"--since 7d --from 2026-03-01":      "say two things",
		"--since 7d --to 2026-03-01":        "say two things",
		"--to 2026-03-01":                   "--to needs --from",
		"--from yesterday":                  `"yesterday" is not a day`,
		"--from 2026-03-01 --to 2026-02-30": `"2026-02-30" is not a day`,
		"--from 2026-03-09":                 "2026-03-09 is in the future",
		"--from 2026-03-02 --to 2026-03-01": "2026-03-02 is after 2026-03-01",
		"--since 1096d":                     "longer than 1096 days",
		"--from 2020-01-01":                 "longer than 1096 days",
		"--since 100000d":                   "longer than 1096 days",
	} {
		_, err := periodOf(t, flags).Period(now, 7)
		if e := new(ExitError); !errors.As(err, &e) || e.Code != Misused || e.Next == "" || !strings.Contains(e.What, want) {
			t.Errorf("%s: %v", flags, err)
		}
	}
}

func TestAPeriodIsGiven(t *testing.T) {
	for flags, want := range map[string]bool{"": false, "--since 1d": true, "--from 2026-03-01": true, "--to 2026-03-01": true} {
		if got := periodOf(t, flags).Given(); got != want {
			t.Errorf("%q: %v", flags, got)
		}
	}
}

func periodOf(t *testing.T, flags string) PeriodFlags {
	t.Helper()
	var f PeriodFlags
	cmd := &cobra.Command{}
	AddPeriodFlags(cmd, &f)
	if err := cmd.ParseFlags(strings.Fields(flags)); err != nil {
		t.Fatal(err)
	}
	return f
}
