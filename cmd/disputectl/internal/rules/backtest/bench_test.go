package backtest_test

import (
	"context"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"disputecloser/cmd/disputectl/internal/rules/backtest"
	"disputecloser/internal/historytest"
	"disputecloser/shared/policy"
)

// policies to measure: the decision fixed for life, changing with time, and a budget that most closes wait for.
var measured = map[string]policy.Document{
	"small": small(func(d *policy.Document, r *policy.Rule) {
		d.Budget.Spend["usd"] = policy.Spend{Closes: 50, Amount: 50000}
		r.If.HasEvidence, r.If.ReasonCode = p(false), &policy.Words{Not: []string{"10.4"}}
	}),
	"time left": small(func(d *policy.Document, r *policy.Rule) {
		d.Budget.Spend["usd"] = policy.Spend{Closes: 50, Amount: 50000}
		r.If.TimeLeft, r.If.HasEvidence = &policy.Span{AtLeast: span(36)}, p(false)
	}),
	"all": small(func(d *policy.Document, r *policy.Rule) {
		bounds := policy.Bounds{AtMost: p(int64(5000))}
		r.If.Amount = map[string]policy.Bounds{"usd": bounds, "eur": bounds, "gbp": bounds}
		r.If.TimeLeft = &policy.Span{AtLeast: span(36)}
		d.Budget.Spend["usd"] = policy.Spend{Closes: 50, Amount: 100000}
	}),
}

// file writes n made-up disputes to a file.
func file(b *testing.B, n int) string {
	b.Helper()
	name := filepath.Join(b.TempDir(), "history.jsonl")
	f, err := os.Create(name)
	if err != nil {
		b.Fatal(err)
	}
	if err := historytest.Write(f, n, 1); err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
	return name
}

func benchmark(b *testing.B, n int) {
	name := file(b, n)
	for kind, d := range measured {
		b.Run(kind, func(b *testing.B) {
			b.ReportAllocs()
			var closed int64
			for b.Loop() {
				f, err := os.Open(name)
				if err != nil {
					b.Fatal(err)
				}
				r, err := backtest.Run(context.Background(), d, f, inLive)
				if err != nil || r.Totals.Disputes != int64(n) {
					b.Fatalf("%v, %+v", err, r.Totals)
				}
				closed = r.Totals.Closed
				f.Close()
			}
			b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "disputes/s")
			b.ReportMetric(float64(closed), "closes")
			var used syscall.Rusage
			if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(used.Maxrss)/1024, "peak-MB")
		})
	}
}

func BenchmarkRun(b *testing.B) { benchmark(b, 20_000) }

// BenchmarkHundredThousand may take 2 s on two cores.
func BenchmarkHundredThousand(b *testing.B) { benchmark(b, 100_000) }

// BenchmarkMillion is the real size, and may take 20 s on two cores; run it with -benchtime=1x.
func BenchmarkMillion(b *testing.B) { benchmark(b, 1_000_000) }
