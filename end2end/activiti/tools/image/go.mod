module slipway.internal/activiti/image

go 1.24.0
