package policies

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/screen"
	"disputecloser/cmd/disputectl/internal/starter"
	"disputecloser/shared/policy"
)

// asker asks a person at a terminal, question by question.
type asker struct {
	out   io.Writer
	lines chan string // closed when the person has no more to say
}

// maxTries is how often a question is repeated before the command gives up.
const maxTries = 3

// newAsker reads the answers in a goroutine, so that an interruption does not wait for the next one.
func newAsker(ctx context.Context, in io.Reader, out io.Writer) *asker {
	a := &asker{out: out, lines: make(chan string)}
	go func() {
		defer close(a.lines)
		for s := bufio.NewScanner(in); s.Scan(); {
			select {
			case a.lines <- strings.TrimSpace(s.Text()):
			case <-ctx.Done():
				return
			}
		}
	}()
	return a
}

// ask repeats a question until take accepts the answer. An empty answer stands for the one in brackets.
func (q *asker) ask(ctx context.Context, question, otherwise string, take func(answer string) error) error {
	for range maxTries {
		screen.Printf(q.out, "%s [%s] ", question, otherwise)
		select {
		case <-ctx.Done():
			screen.Printf(q.out, "\n")
			return &cli.ExitError{Code: cli.Interrupted, What: "interrupted: nothing was written"}
		case answer, more := <-q.lines:
			if !more {
				screen.Printf(q.out, "\n")
				return cli.Fail(cli.Misused, "answer the questions, or say it with --threshold", "the answers end before the questions do")
			}
			if answer == "" {
				answer = otherwise
			}
			err := take(answer)
			if err == nil {
				return nil
			}
			screen.Printf(q.out, "  %v\n", err)
		}
	}
	return cli.Fail(cli.Misused, "see `disputectl policy new --help`", "there is no usable answer to %q", question)
}

// askPolicy asks for the values of --threshold, --grace and --budget.
func askPolicy(ctx context.Context, console *cli.Console, f *newFlags) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	q := newAsker(ctx, console.Stdin, console.Stderr)
	var codes []string
	if err := q.ask(ctx, "In which currencies are disputes to be closed?", "usd", func(answer string) error {
		codes = strings.FieldsFunc(strings.ToLower(answer), func(r rune) bool { return r == ' ' || r == ',' })
		return soundCurrencies(codes)
	}); err != nil {
		return err
	}
	for _, code := range codes {
		if err := q.askMoney(ctx, f, code); err != nil {
			return err
		}
	}
	return q.ask(ctx, "How long may a person object before a dispute is closed?", f.grace, func(answer string) error {
		d, err := policy.ParseDuration(answer)
		if err != nil || d < 0 || d > policy.MaxClock {
			return errors.New("write it like 24h or 1h30m, 720h at the most")
		}
		f.grace = answer
		return nil
	})
}

func soundCurrencies(codes []string) error {
	if len(codes) == 0 {
		return errors.New("name at least one currency, such as usd")
	}
	for i, code := range codes {
		switch {
		case starter.DefaultThreshold(code) == 0:
			return fmt.Errorf("there is no currency %q: use codes of ISO 4217, such as usd eur", code)
		case slices.Contains(codes[:i], code):
			return fmt.Errorf("%s is named twice", code)
		}
	}
	return nil
}

// askMoney asks for one currency's threshold and daily budget.
func (q *asker) askMoney(ctx context.Context, f *newFlags, code string) error {
	var threshold int64
	amount := func(to *[]string, value *int64) func(string) error {
		return func(answer string) error {
			_, n, err := currencyAmount("the amount", code+"="+answer, nil)
			if err != nil {
				return fmt.Errorf("%q is not an amount: write plain digits, in the minor unit of %s", answer, code)
			}
			*value = n
			*to = append(*to, fmt.Sprintf("%s=%d", code, n))
			return nil
		}
	}
	standard := starter.DefaultThreshold(code)
	question := fmt.Sprintf("Close disputes of up to how much? In the minor unit of %s, where %d are %s.", code, standard, starter.Money(standard, code))
	if err := q.ask(ctx, question, fmt.Sprint(standard), amount(&f.thresholds, &threshold)); err != nil {
		return err
	}
	var budget int64
	question = fmt.Sprintf("And how much in one day, in at most %d closes?", f.closes)
	return q.ask(ctx, question, fmt.Sprint(starter.DefaultBudget(threshold, f.closes)), amount(&f.budgets, &budget))
}
