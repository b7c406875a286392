module slipway.internal/cluster/probe

go 1.24.0
