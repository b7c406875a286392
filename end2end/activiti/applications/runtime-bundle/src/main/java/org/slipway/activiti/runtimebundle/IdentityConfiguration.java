package org.slipway.activiti.runtimebundle;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.activiti.cloud.services.identity.keycloak.KeycloakInstanceWrapper;
import org.jboss.resteasy.client.jaxrs.ResteasyClientBuilder;
import org.jboss.resteasy.plugins.providers.jackson.ResteasyJackson2Provider;
import org.keycloak.OAuth2Constants;
import org.keycloak.admin.client.Keycloak;
import org.keycloak.admin.client.KeycloakBuilder;
import org.keycloak.admin.client.resource.RealmResource;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Whose groups a person is in is asked of Keycloak's administration, with the name and password of a user
 * (activiti.keycloak.client-user) by what the starter brings. Where a client identifier is given, this asks as that
 * confidential client instead: a service account needs no password that a person knows, and no public client that
 * takes passwords.
 */
@Configuration
@ConditionalOnProperty("activiti.keycloak.client-id")
class IdentityConfiguration {
    @Bean
    KeycloakInstanceWrapper keycloakInstanceWrapper(
            @Value("${keycloak.auth-server-url}") String url,
            @Value("${keycloak.realm}") String realm,
            @Value("${activiti.keycloak.client-id}") String client,
            @Value("${activiti.keycloak.client-secret}") String secret) {
        Keycloak keycloak = KeycloakBuilder.builder()
            .serverUrl(url)
            .realm(realm)
            .grantType(OAuth2Constants.CLIENT_CREDENTIALS)
            .clientId(client)
            .clientSecret(secret)
            .resteasyClient(new ResteasyClientBuilder().connectionPoolSize(10).register(lenient(), 100).build())
            .build();
        return new KeycloakInstanceWrapper() {
            @Override
            public RealmResource getRealm() {
                return keycloak.realm(realm);
            }
        };
    }

    /** The client library is years older than the servers it talks to: they tell more than it knows. */
    private static ResteasyJackson2Provider lenient() {
        ResteasyJackson2Provider provider = new ResteasyJackson2Provider();
        provider.setMapper(new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES));
        return provider;
    }
}
