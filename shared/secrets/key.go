package secrets

import (
	"context"
	"sync"
)

// Key holds WooshPay's API key. It is read once, and again after WooshPay refused it. It is safe for concurrent use.
type Key struct {
	source source

	mu sync.Mutex
	// value is empty until the key is read, and after it was refused.
	value string
}

// NewKey returns the key that is stored in Secrets Manager under id, a name or ARN, as text or as {"api_key": …}.
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

// Refuse says that WooshPay refused this key. The next call of Key reads it again, unless another key was read meanwhile.
func (k *Key) Refuse(_ context.Context, key string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.value == key {
		k.value = ""
	}
}
