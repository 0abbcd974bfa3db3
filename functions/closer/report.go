package closer

import (
	"context"
	"time"

	"disputecloser/shared/closing"
	"disputecloser/shared/metrics"
)

// Budgets reads what was spent.
type Budgets interface {
	// Spent returns what the day's budget of a currency counts; zero if nothing was spent.
	Spent(ctx context.Context, day closing.Day, currency string) (closing.Tally, error)
}

// Publisher tells people something.
type Publisher interface {
	// Publish sends a text to everybody who wants to hear. An error means that it may not have arrived.
	Publish(ctx context.Context, subject, text string) error
}

// publishTimeout bounds one mail. A slow SNS must not hold up the cases behind it.
const publishTimeout = 3 * time.Second

// heard passes notes on, and keeps what is to be reported when the case is worked: between a claim and its POST there is
// no time for a mail.
type heard struct {
	closing.Watcher
	// last is the case as it was noted last, and reasons those for which it calls a person.
	last    closing.Case
	reasons []string
	closed  bool
}

// Note passes a note on.
func (s *heard) Note(ctx context.Context, n closing.Note) {
	s.Watcher.Note(ctx, n)
	s.last = n.Case
	switch n.Kind {
	case closing.NotePerson:
		s.reasons = append(s.reasons, n.Reason)
	case closing.NoteClosed:
		s.closed = true
	default: // is only passed on
	}
}

// report tells people what working a case led to. What fails here is logged and counted; the case itself is stored.
func (h *Handler) report(ctx context.Context, s *heard) {
	if len(s.reasons) > 0 && h.Mail != nil {
		h.mail(ctx, s.last, s.reasons)
	}
	if s.closed && h.Budgets != nil {
		h.gauge(ctx, s.last.Spent)
	}
}

// mail calls a person to a case. Each reason is stored on the case before it gets here and is mailed at most once: a
// function that ends in between sends nothing.
func (h *Handler) mail(ctx context.Context, c closing.Case, reasons []string) {
	ctx, cancel := context.WithTimeout(ctx, publishTimeout)
	defer cancel()
	if err := h.Mail.Publish(ctx, "dispute-closer: "+pasteable(c.ID)+" needs a person", letter(c, reasons, h.Stack, h.Closer.Now())); err != nil {
		h.Meter.Count(metrics.MailFailed)
		h.Log.ErrorContext(ctx, "mail not sent", "dispute", c.ID, "reasons", reasons, "error", err)
	}
}

// gauge records how much of a day's budget is spent.
func (h *Handler) gauge(ctx context.Context, s closing.Spend) {
	limit, known := h.Closer.Judge.Policy.Budget(s.Currency)
	if !known || s.Day == "" {
		return
	}
	spent, err := h.Budgets.Spent(ctx, s.Day, s.Currency)
	if err != nil {
		h.Log.WarnContext(ctx, "budget not read", "day", s.Day, "currency", s.Currency, "error", err)
		return
	}
	used := max(percent(spent.Closes, limit.Closes), percent(spent.Amount, limit.Amount))
	h.Meter.Put(metrics.BudgetUsed, used, metrics.Dimension{})
	h.Meter.Put(metrics.BudgetUsed, used, metrics.Dimension{Name: "Currency", Value: s.Currency})
}

// percent returns a part of a whole in percent, rounded down; 100 of nothing, of which everything is spent.
func percent(part, whole int64) int64 {
	if whole <= 0 {
		return 100
	}
	return int64(float64(part) / float64(whole) * 100)
}
