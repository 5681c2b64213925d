package fault

import (
	"context"
	"errors"
	"sync/atomic"
)

type changedKey struct{}

// Watch returns a context in which Changed tells whether something done under it was made durable: a request that then fails, because its answer could
// not be put together, has not done nothing.
func Watch(ctx context.Context) context.Context {
	return context.WithValue(ctx, changedKey{}, new(atomic.Bool))
}

// MarkChanged says that something was made durable under a context; without Watch nobody asks.
func MarkChanged(ctx context.Context) {
	if b, ok := ctx.Value(changedKey{}).(*atomic.Bool); ok {
		b.Store(true)
	}
}

// Changed reports whether something was made durable under a context that Watch returned.
func Changed(ctx context.Context) bool {
	b, ok := ctx.Value(changedKey{}).(*atomic.Bool)
	return ok && b.Load()
}

// Left reports whether who asked has gone in the middle: what fails then is nobody's fault, and there is nobody to tell.
func Left(ctx context.Context) bool { return errors.Is(ctx.Err(), context.Canceled) }
