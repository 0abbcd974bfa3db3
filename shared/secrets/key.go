package secrets

import (
	"context"
	"sync"
)

// Key is WooshPay's API key. It is read once, and again after it was refused. It is safe for concurrent use.
type Key struct {
	source source

	mu sync.Mutex
	// value is empty if the key is to be read.
	value string
}

// NewKey returns the key that is stored in a secret, given by name or ARN, as text or as {"api_key": …}.
func NewKey(api API, id string) *Key {
	return &Key{source: source{api: api, id: id, field: APIKey}}
}

// Key returns the key to use now. An error that wraps ErrMissing says what to store.
func (k *Key) Key(ctx context.Context) (string, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.value != "" {
		return k.value, nil
	}
	v, err := k.source.read(ctx, current)
	if err != nil {
		return "", err
	}
	k.value = v.value
	return k.value, nil
}

// Refuse says that this key is no good: the next Key is read anew, unless that happened already.
func (k *Key) Refuse(_ context.Context, key string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.value == key {
		k.value = ""
	}
}
