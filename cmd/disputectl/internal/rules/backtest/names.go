package backtest

import (
	"sync"

	"disputecloser/shared/policy"
)

// names numbers the currencies and reason codes that the workers meet.
type names struct {
	mu         sync.Mutex
	currencies map[string]int32
	currency   []string
	reasons    map[string]int32 // by what codes compare by
	reason     []string
}

func newNames() *names {
	return &names{currencies: map[string]int32{}, reasons: map[string]int32{}}
}

func number(known map[string]int32, texts *[]string, key, text string) int32 {
	n, ok := known[key]
	if !ok {
		n = int32(len(*texts)) // A file has fewer disputes than that.
		known[key] = n
		*texts = append(*texts, text)
	}
	return n
}

func (n *names) currencyNumber(c string) int32 {
	n.mu.Lock()
	defer n.mu.Unlock()
	return number(n.currencies, &n.currency, c, c)
}

// reasonNumber gives equal codes the same number. The report shows the least of their spellings.
func (n *names) reasonNumber(c policy.Code) int32 {
	n.mu.Lock()
	defer n.mu.Unlock()
	place := number(n.reasons, &n.reason, c.Key(), c.String())
	n.reason[place] = min(n.reason[place], c.String())
	return place
}

// known is a worker's own memory of numbers, which needs no lock.
type known struct {
	*names
	currencies, reasons map[string]int32
}

func (n *names) known() known {
	return known{names: n, currencies: map[string]int32{}, reasons: map[string]int32{}}
}

func (k known) currency(c string) int32 {
	if n, ok := k.currencies[c]; ok {
		return n
	}
	n := k.currencyNumber(c)
	k.currencies[c] = n
	return n
}

func (k known) reason(c policy.Code) int32 {
	if n, ok := k.reasons[c.String()]; ok {
		return n
	}
	n := k.reasonNumber(c)
	k.reasons[c.String()] = n
	return n
}
