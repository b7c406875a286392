package org.slipway.activiti.runtimebundle;

import org.activiti.engine.ProcessEngine;
import org.activiti.engine.ProcessEngineLifecycleListener;
import org.activiti.engine.impl.SchemaOperationsProcessEngineBuild;
import org.activiti.engine.impl.cfg.ProcessEngineConfigurationImpl;
import org.activiti.spring.boot.ProcessEngineConfigurationConfigurer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * On an empty PostgreSQL the engine of 7.1.0.M5 creates the schema of 7.0.0.0, which lacks two columns, and leaves the
 * upgrade to the next start; the deployment of the process definitions, which comes first, fails for want of them.
 * Here the engine looks at its schema a second time, between creation and deployment. On a schema that is up to date
 * that does nothing.
 */
@Configuration
class SchemaConfiguration {
    @Bean
    ProcessEngineConfigurationConfigurer upgradeOfTheSchemaThatWasJustCreated() {
        return configuration -> configuration.setProcessEngineLifecycleListener(new ProcessEngineLifecycleListener() {
            @Override
            public void onProcessEngineBuilt(ProcessEngine engine) {
                upgrade(configuration);
            }

            @Override
            public void onProcessEngineClosed(ProcessEngine engine) {
                // Nothing was opened.
            }
        });
    }

    private static void upgrade(ProcessEngineConfigurationImpl configuration) {
        configuration.getCommandExecutor()
            .execute(configuration.getSchemaCommandConfig(), new SchemaOperationsProcessEngineBuild());
    }
}
