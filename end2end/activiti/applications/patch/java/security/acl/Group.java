package java.security.acl;

import java.security.Principal;
import java.util.Enumeration;

/** The Keycloak adapter that Activiti Cloud 7.1 comes with implements it; Java 14 removed it. */
public interface Group extends Principal {
    boolean addMember(Principal member);

    boolean removeMember(Principal member);

    boolean isMember(Principal member);

    Enumeration<? extends Principal> members();
}
